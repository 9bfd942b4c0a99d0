/** Counts the stream of a socket as its client does, and holds that no more than its smallest window is ever under way. */
import { expectEqual } from "../../domain/support/equal.ts";
import type { PlayedSocket } from "../world.ts";

/** The frames that count; their types without what they begin with. */
const COUNTED: ReadonlySet<string> = new Set(["SnapshotStart", "SnapshotFinish", "Update", "Bookmark"]);

/** What becomes so when a request is granted. */
type Change =
  | { readonly begins: string; readonly window: number | undefined }
  /** Every subscription that is the same. */
  | { readonly ends: string };

export class WindowCheck {
  readonly #asked = new Map<string, Change>();
  #windows: readonly Extract<Change, { begins: string }>[] = [];
  #isCounting = false;
  #looked = 0;
  #received = 0;
  #acknowledged = 0;

  /** A subscription is asked for. */
  ask(requestId: string, subscription: object, window: number | undefined): void {
    this.#asked.set(requestId, { begins: JSON.stringify(subscription), window });
  }

  /** The end of a subscription is asked for. */
  askEnd(requestId: string, subscription: object): void {
    this.#asked.set(requestId, { ends: JSON.stringify(subscription) });
  }

  /** How many frames came that were not acknowledged. */
  underWay(socket: PlayedSocket): number {
    this.#look(socket);
    return this.#received - this.#acknowledged;
  }

  /** Acknowledges a share of what is under way; gives how many frames were received then. Undefined = nothing counts yet. */
  take(socket: PlayedSocket, share: number): number | undefined {
    this.#acknowledged += Math.floor(share * this.underWay(socket));
    return this.#isCounting ? this.#acknowledged : undefined;
  }

  #look({ frames }: PlayedSocket): void {
    for (const frame of frames.slice(this.#looked)) {
      const { Type, Request } = JSON.parse(frame);
      const type = Type.replace("EventMessageType_", "");
      if (type === "Response" && Request?.Errors === undefined) this.#grant(Request?.RequestID);
      if (this.#isCounting && COUNTED.has(type)) this.#count();
    }
    this.#looked = frames.length;
  }

  #grant(requestId: string): void {
    const change = this.#asked.get(requestId);
    if (change === undefined) return;
    if ("ends" in change) this.#windows = this.#windows.filter(({ begins }) => begins !== change.ends);
    else this.#windows = [...this.#windows, change];
    this.#isCounting ||= "window" in change && change.window !== undefined;
  }

  #count(): void {
    this.#received++;
    const windows = this.#windows.flatMap(({ window }) => window ?? []);
    const underWay = this.#received - this.#acknowledged;
    expectEqual(
      underWay <= Math.min(Number.POSITIVE_INFINITY, ...windows),
      true,
      `${underWay} under way of ${windows}`,
    );
  }
}
