import { describe, expect, it } from "vitest";
import { canKeepIn, type ObjectNamespace, objectOf } from "../../src/system/placement.ts";

/** A namespace that says where it was asked to put an object. */
class PlayedNamespace implements ObjectNamespace<string, string> {
  readonly #within: string;
  readonly #known: readonly string[];

  constructor(known: readonly string[], within = "anywhere") {
    this.#known = known;
    this.#within = within;
  }

  idFromName(name: string): string {
    return `${name} in ${this.#within}`;
  }

  get(id: string, { locationHint = "anybody" }: { readonly locationHint?: string } = {}): string {
    return `${id} near ${locationHint}`;
  }

  jurisdiction(name: string): PlayedNamespace {
    if (!this.#known.includes(name)) throw new Error("jurisdictional namespaces are not implemented");
    return new PlayedNamespace([], name);
  }
}

const ENTRY = { ownerId: "A", object: "A@7", generation: 7 };

describe("an Owner's object", () => {
  const namespace = new PlayedNamespace(["eu"]);

  it.each([
    [{}, "A@7 in anywhere near anybody"],
    [{ locationHint: "weur" }, "A@7 in anywhere near weur"],
    [{ jurisdiction: "eu" }, "A@7 in eu near anybody"],
    [{ jurisdiction: "eu", locationHint: "weur" }, "A@7 in eu near weur"],
  ])("with %j is %s", (place, expected) => {
    expect(objectOf(namespace, { ...ENTRY, ...place })).toBe(expected);
  });

  it("is found by the name of the object, whatever the Owner is called", () => {
    expect(objectOf(namespace, { ...ENTRY, ownerId: "B", generation: 9 })).toBe(objectOf(namespace, ENTRY));
  });

  it("can be kept in the jurisdictions that the platform has, and in no others", () => {
    expect(["eu", "fedramp", "", "EU"].map((name) => canKeepIn(namespace, name))).toEqual([true, false, false, false]);
  });
});
