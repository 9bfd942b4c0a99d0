/** A feed may complete a request without giving it another status. */
import { describe, expect, test } from "vitest";
import { WarmBook } from "../support/book.ts";
import { Desk } from "../support/desk.ts";

const ANN = { SessionID: "ann", RequestID: "q1" };

describe("A request that its feed completes in the status that it has", () => {
  test.each<readonly [string, readonly string[]]>([
    ["in the status that it was sent in", []],
    ["in one that the feed named before", ["Working"]],
  ])("%s: who asked is told the end of it", (_, told) => {
    const desk = new Desk(new WarmBook());
    desk.askNew("R1", {}, {}, { requester: ANN });
    for (const Status of told) desk.tell("R1", { Status });
    const Status = desk.statusOf("R1");
    expect(desk.tell("R1", { Status, Errors: ["Symbol"], IsCompleted: true })).toBeUndefined();
    expect(desk.open("R1")).toBeUndefined();
    expect(desk.timers()).toEqual([]);
    expect(desk.answers()).toMatchObject([{ requester: ANN, response: { Status, Errors: ["Symbol"] } }]);
  });
});
