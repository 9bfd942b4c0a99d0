import { describe, expect, it } from "vitest";
import { LIMITS } from "../../src/protocol/limits.ts";
import { FeedRequestType } from "../../src/protocol/messages/index.ts";
import { deposit, order, trade, update } from "./actions.ts";
import { Client } from "./client.ts";
import { list, log, newOwner, positionsOf } from "./object.ts";

/** A feed's frame as text, its Action written by hand. */
function frame(action: string, position = 1): string {
  return `{"Type":"FeedRequest","Feed":{"Type":"Action","Position":{"Sequence":"asx","Position":${position}},"Action":${action}}}`;
}

function priced(price: string): string {
  return `{"Type":"Update","Order":{"OrderID":"O1","Price":${price}}}`;
}

const PRICE = "Field.Invalid Feed.Action.Order.Price";

/** What is wrong, the frame, and the code that it gets. */
const UNREADABLE: readonly (readonly [string, string, string])[] = [
  ["what is no JSON", "{", "Message.Unreadable not JSON"],
  ["a text of no message", '"hello"', "Field.Invalid"],
  ["NaN", frame(priced("NaN")), "Message.Unreadable not JSON"],
  ["Infinity", frame(priced("Infinity")), "Message.Unreadable not JSON"],
  ["an infinite number", frame(priced("1e999")), PRICE],
  ["a number of 10,000 digits", frame(priced("9".repeat(10_000))), PRICE],
  ["a text of 10,000 digits", frame(priced(`"${"9".repeat(10_000)}"`)), PRICE],
  ["null", frame(priced("null")), PRICE],
  ["an unknown field", frame('{"Prise":1}'), "Field.Unknown Feed.Action.Prise"],
  ["__proto__", frame('{"__proto__":{"Type":1}}'), "Field.Unknown Feed.Action.__proto__"],
  ["a wrong enum", frame('{"Order":{"Side":"BOUGHT"}}'), "Field.Invalid Feed.Action.Order.Side"],
  ["an enum's unknown number", frame('{"Order":{"Side":99}}'), "Field.Invalid Feed.Action.Order.Side"],
  ["a lone surrogate", frame('{"Order":{"OrderID":"\\ud800"}}'), "Field.Invalid Feed.Action.Order.OrderID"],
  ["nesting of 100,000 levels", frame(`${"[".repeat(100_000)}${"]".repeat(100_000)}`), "Field.Invalid Feed.Action"],
];

describe("a frame that cannot be read", () => {
  it.each(UNREADABLE)("gets its code for %s, and changes nothing", async (_, text, code) => {
    const owner = newOwner();
    const client = await Client.connect(owner, { feeds: ["asx"] });
    await client.open("asx");
    client.sendText(text);
    await client.synchronise();
    expect(client.errors).toEqual([code]);
    expect(await list(owner, { kind: "order" })).toEqual([]);
    expect((await log(owner)).flatMap(({ Errors = [] }) => Errors)).toEqual(
      text.startsWith('{"Type') ? recorded(code) : [],
    );
  });

  it("gets Message.TooLarge from one byte over the limit of an update on", async () => {
    const owner = newOwner();
    const client = await Client.connect(owner, { feeds: ["asx"] });
    await client.open("asx");
    const empty = frame(
      JSON.stringify({
        ...deposit(owner, "D", 1).Action,
        Transaction: { ...deposit(owner, "D", 1).Action.Transaction, Properties: { Note: "" } },
      }),
    );
    const padded = (bytes: number) => empty.replace('"Note":""', `"Note":"${"x".repeat(bytes - empty.length)}"`);
    client.sendText(padded(LIMITS.UPDATE_BYTES));
    await client.synchronise();
    expect(client.errors).toEqual([]);
    expect(await positionsOf(owner, "asx")).toEqual([1]);
    client.sendText(padded(LIMITS.UPDATE_BYTES + 1));
    await client.synchronise();
    expect(client.errors).toEqual(["Message.TooLarge"]);
  });

  it("gets Message.TooLarge for a frame of 2 MiB, without being read", async () => {
    const owner = newOwner();
    const client = await Client.connect(owner, { feeds: ["asx"] });
    client.sendText(`[${" ".repeat(2 * 1024 * 1024)}]`);
    await client.synchronise();
    expect(client.errors).toEqual(["Message.TooLarge"]);
  });

  it("gets Message.TooLarge for an array of more messages than a bulk call has items", async () => {
    const owner = newOwner();
    const client = await Client.connect(owner);
    const messages = (count: number) => Array.from({ length: count }, () => ({ Type: "Synchronise", RequestID: "S" }));
    client.send(messages(LIMITS.BULK_ITEMS));
    await client.synchronise();
    expect(client.errors).toEqual([]);
    client.send(messages(LIMITS.BULK_ITEMS + 1));
    await client.synchronise();
    expect(client.errors).toEqual([`Message.TooLarge ${LIMITS.BULK_ITEMS} messages`]);
  });
});

describe("an update that says what cannot be", () => {
  it("gets a code that names the field, and takes its position", async () => {
    const owner = newOwner();
    const client = await Client.connect(owner, { feeds: ["asx"] });
    await client.open("asx");
    const { Order, Trade } = trade(owner, "O1", "T1", 10, 10).Action;
    const withTrade = (change: object) => ({ Action: { Type: "Trade", Order, Trade: { ...Trade, ...change } } });
    const wrong: readonly (readonly [object, string])[] = [
      [update("OTHER", "O1"), "Account OTHER/A"],
      [withTrade({ Quantity: -1 }), "Field.Invalid Action.Trade.Quantity"],
      [withTrade({ Quantity: 0 }), "Field.Invalid Action.Trade.Quantity"],
      [withTrade({ Price: undefined }), "Field.Missing Action.Trade.Price"],
      [withTrade({ TradeID: undefined }), "Field.Missing Action.Trade.TradeID"],
      [{ Action: { Type: "Update", Order: order(owner, "") } }, "Field.Missing Action.Order.OrderID"],
      [
        { Action: { Type: "Update", Order: { ...order(owner, "O1"), Account: undefined } } },
        "Field.Missing Action.Order.Account",
      ],
      [
        { Action: { Type: "Update", Order: order(owner, "O".repeat(LIMITS.ID_CHARACTERS + 1)) } },
        "Field.Invalid Action.Order.OrderID",
      ],
      [{ Action: { Type: "Update" } }, "Field.Missing Action.Order"],
      [{}, "Field.Missing Feed.Action"],
    ];
    for (const [index, [content]] of wrong.entries()) client.feed("asx", "Action", index + 1, content);
    await client.synchronise();
    expect(client.errors).toEqual(wrong.map(([, code]) => code));
    expect(await positionsOf(owner, "asx")).toEqual(wrong.map((_, index) => index + 1));
  });
});

describe("a feed that the token does not name", () => {
  const types = [...FeedRequestType.numbers.keys()].filter((type) => type !== "FeedRequestType_Unknown");

  it.each(types)("is refused to %s", async (Type) => {
    const owner = newOwner();
    const client = await Client.connect(owner, { feeds: ["asx"] });
    await client.open("asx");
    client.send({
      Type: "FeedRequest",
      Feed: { Type, Position: { Sequence: "nzx", Position: 1 }, ...deposit(owner, "D", 1) },
    });
    await client.synchronise();
    expect(client.errors).toEqual(["Authority nzx"]);
    expect(await positionsOf(owner, "nzx")).toEqual([]);
  });
});

/** A frame whose position can be read is recorded raw with its error. */
function recorded(code: string): readonly string[] {
  return code.startsWith("Message.") ? [] : [code];
}
