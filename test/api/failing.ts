/** Owners' objects inside workerd that are watched, or made to fail. */
import { vi } from "vitest";
import { Owner } from "../../src/owner/owner.ts";
import type { OwnerAddress } from "../../src/owner/rpc.ts";

type Method = "list" | "submit" | "record" | "health" | "log";

/** Does something in place of a method of every Owner's object; `go` is the method itself. Undone by restoring mocks. */
export function instead(method: Method, act: (ownerId: string, go: () => unknown) => unknown): void {
  const original: unknown = Reflect.get(Owner.prototype, method);
  vi.spyOn(Owner.prototype, method).mockImplementation(function (
    this: Owner,
    address: OwnerAddress,
    ...rest: unknown[]
  ) {
    if (typeof original !== "function") throw new Error(`no method ${method}`);
    return act(address.ownerId, () => original.call(this, address, ...rest));
  } as never);
}

/** Makes a method of one Owner's object fail; the others' go on. */
export function failing(method: Method, owner: string, fail: () => unknown): void {
  instead(method, (ownerId, go) => (ownerId === owner ? fail() : go()));
}
