import { describe, expect, test } from "vitest";
import { inItem, itemPath, readMessage, readMessages, readTexts } from "../../src/api/bodies.ts";
import { encodeBinary } from "../../src/protocol/binary/codec.ts";
import { runOfTexts } from "../../src/protocol/binary/runs.ts";
import { decode, sameContent } from "../../src/protocol/codec.ts";
import { Refusal } from "../../src/protocol/errors.ts";
import { LIMITS } from "../../src/protocol/limits.ts";
import { CashTransferRequest, type ClientAuthority } from "../../src/protocol/messages/index.ts";

function post(body: BodyInit, headers: Record<string, string> = { "Content-Type": "application/json" }): Request {
  return new Request("http://localhost/", { method: "POST", body, headers });
}

const read = (body: BodyInit, headers?: Record<string, string>) =>
  readMessage(post(body, headers), CashTransferRequest);
const readMany = (body: BodyInit) => readMessages(post(body), CashTransferRequest);

async function refusalOf(reading: Promise<unknown>): Promise<string> {
  const error = await reading.catch((thrown: unknown) => thrown);
  if (!(error instanceof Refusal)) throw new Error(`not refused: ${String(error)}`);
  return error.text;
}

describe("the type of a body", () => {
  test.each(["application/json", "application/json; charset=utf-8", 'Application/JSON;charset="UTF-8"'])(
    "%s is read",
    async (type) => expect(await read("{}", { "Content-Type": type })).toEqual({}),
  );

  test.each([
    "text/plain",
    "application/jsonp",
    "application/x-www-form-urlencoded",
    "application/json; charset=latin1",
    "application/x-protobuf; charset=utf-8",
    "application/protobuf",
    "",
  ])("415 for '%s'", async (type) => {
    expect(await refusalOf(read("{}", { "Content-Type": type }))).toBe("Message.MediaType");
  });

  test("415 for a body that is compressed", async () => {
    const headers = { "Content-Type": "application/json", "Content-Encoding": "gzip" };
    expect(await refusalOf(read("{}", headers))).toBe("Message.MediaType");
  });
});

describe("a body of protobuf", () => {
  const PROTOBUF = { "Content-Type": "application/x-protobuf" };
  const transfer = (id: string, Value: number) =>
    decode(CashTransferRequest, { Transaction: { TransactionID: id }, Transfer: { Currency: "AUD", Value } });
  /** Each takes 13 bytes, and 39 characters of JSON. */
  const authorities = (count: number): Record<string, ClientAuthority> =>
    Object.fromEntries(
      Array.from({ length: count }, (_, index) => [`${index + 10_000}`, { Type: "IdentityType_Operator" }]),
    );
  const bytesOf = (...transfers: readonly ReturnType<typeof transfer>[]) =>
    Uint8Array.from(
      runOfTexts(
        CashTransferRequest,
        transfers.map((each) => JSON.stringify(each)),
      ),
    );
  const readRun = (run: Uint8Array<ArrayBuffer>) => readMessages(post(run, PROTOBUF), CashTransferRequest);

  test("is one message", async () => {
    const bytes = Uint8Array.from(encodeBinary(CashTransferRequest, transfer("T1", 2)));
    expect(sameContent(await read(bytes, PROTOBUF), transfer("T1", 2))).toBe(true);
    expect(await read("", PROTOBUF)).toEqual({});
  });

  test("or a run of messages, each with its length", async () => {
    expect(
      sameContent(await readRun(bytesOf(transfer("T1", 2), transfer("T2", -3))), [
        transfer("T1", 2),
        transfer("T2", -3),
      ]),
    ).toBe(true);
    expect(await readRun(new Uint8Array())).toEqual([]);
  });

  test("is refused with the path, and in a run with the item's index", async () => {
    const unknown = Uint8Array.of(0x98, 0x06, 1);
    expect(await refusalOf(read(unknown, PROTOBUF))).toBe("Field.Unknown 99");
    const run = Uint8Array.of(...bytesOf(transfer("T1", 2)), unknown.length, ...unknown);
    expect(await refusalOf(readRun(run))).toBe("Field.Unknown [1].99");
    expect(await refusalOf(readRun(run.slice(0, -1)))).toBe("Message.Unreadable not protobuf");
    expect(await refusalOf(read(Uint8Array.of(0x0a, 9), PROTOBUF))).toBe("Message.Unreadable not protobuf");
  });

  test("has no more items than one of JSON, and is not longer than one as JSON either", async () => {
    const empty = (items: number) => new Uint8Array(items);
    expect(await readRun(empty(LIMITS.BULK_ITEMS))).toHaveLength(LIMITS.BULK_ITEMS);
    expect(await refusalOf(readRun(empty(LIMITS.BULK_ITEMS + 1)))).toBe("Message.TooLarge 512 items");
    const long = Uint8Array.from(
      encodeBinary(CashTransferRequest, { Transaction: { Authorities: authorities(60_000) } }),
    );
    expect(long.length).toBeLessThan(LIMITS.BODY_BYTES);
    expect(await refusalOf(read(long, PROTOBUF))).toBe("Message.TooLarge");
    expect(await refusalOf(read(new Uint8Array(LIMITS.BODY_BYTES + 1), PROTOBUF))).toBe("Message.TooLarge");
  });

  test("415 when it is compressed", async () => {
    expect(await refusalOf(read("", { ...PROTOBUF, "Content-Encoding": "gzip" }))).toBe("Message.MediaType");
  });

  test("415 for texts: they are no messages", async () => {
    expect(await refusalOf(readTexts(post("", PROTOBUF)))).toBe("Message.MediaType");
  });
});

describe("the length of a body", () => {
  const filled = (bytes: number) => `{}${" ".repeat(bytes - 2)}`;

  test("at the limit and below it is read", async () => {
    expect(await read(filled(LIMITS.BODY_BYTES))).toEqual({});
    expect(await read(filled(LIMITS.BODY_BYTES - 1))).toEqual({});
  });

  test("above the limit it is refused", async () => {
    expect(await refusalOf(read(filled(LIMITS.BODY_BYTES + 1)))).toBe("Message.TooLarge");
  });

  test("what announces more than the limit is refused unread", async () => {
    const request = post("{}", { "Content-Type": "application/json", "Content-Length": String(2 * LIMITS.BODY_BYTES) });
    expect(await refusalOf(readMessage(request, CashTransferRequest))).toBe("Message.TooLarge");
    expect(request.bodyUsed).toBe(false);
  });

  test("what announces nothing is read no further than the limit", async () => {
    let given = 0;
    const chunk = new Uint8Array(64 * 1024).fill(0x20);
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        given += chunk.length;
        controller.enqueue(chunk);
      },
    });
    const init = { method: "POST", body: endless, headers: { "Content-Type": "application/json" }, duplex: "half" };
    const request = new Request("http://localhost/", init);
    expect(await refusalOf(readMessage(request, CashTransferRequest))).toBe("Message.TooLarge");
    expect(given).toBeLessThan(LIMITS.BODY_BYTES + 4 * chunk.length);
  });

  test("a character that is split between two chunks is whole", async () => {
    const bytes = new TextEncoder().encode('{"Transfer":{"Currency":"日本"}}');
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
        controller.close();
      },
    });
    const init = { method: "POST", body, headers: { "Content-Type": "application/json" }, duplex: "half" };
    const request = new Request("http://localhost/", init);
    expect(await readMessage(request, CashTransferRequest)).toEqual({ Transfer: { Currency: "日本" } });
  });
});

describe("what a body says", () => {
  test.each([
    ["nothing", "", "Message.Unreadable empty"],
    ["blanks", " \n", "Message.Unreadable empty"],
    ["half an object", '{"Transfer":', "Message.Unreadable not JSON"],
    ["NaN", '{"Transfer":{"Value":NaN}}', "Message.Unreadable not JSON"],
    ["a comment", "{} // hello", "Message.Unreadable not JSON"],
    ["null", "null", "Field.Invalid"],
    ["an array where a message belongs", "[]", "Field.Invalid"],
    ["a field that nobody knows", '{"Transfer":{"Prise":1}}', "Field.Unknown Transfer.Prise"],
    ["a field in the wrong case", '{"transfer":{}}', "Field.Unknown transfer"],
    ["an enum that nobody knows", '{"Transfer":{"Settlement":"MAYBE"}}', "Field.Invalid Transfer.Settlement"],
    ["a number too great", '{"Transfer":{"Value":1e999}}', "Field.Invalid Transfer.Value"],
    ["a number of 10,000 digits", `{"Transfer":{"Value":${"9".repeat(10_000)}}}`, "Field.Invalid Transfer.Value"],
    ["an infinity in text", '{"Transfer":{"Value":"Infinity"}}', "Field.Invalid Transfer.Value"],
    ["a prototype", '{"__proto__":{}}', "Field.Unknown __proto__"],
  ])("refused: %s", async (_what, body, code) => {
    expect(await refusalOf(read(body))).toBe(code);
  });

  test("bytes that are not UTF-8 are refused", async () => {
    expect(await refusalOf(read(Uint8Array.of(0x22, 0xff, 0x22)))).toBe("Message.Unreadable not UTF-8");
  });

  test("nesting without end is refused", async () => {
    const deep = `{"Transfer":${"[".repeat(200_000)}${"]".repeat(200_000)}}`;
    expect(await refusalOf(read(deep))).toMatch(/^(?:Field\.Invalid Transfer|Message\.Unreadable nested too deeply)$/);
  });

  test("decimals keep every digit", async () => {
    const { Transfer } = await read('{"Transfer":{"Value":12345678901234567890.123456789}}');
    expect(String(Transfer?.Value)).toBe("12345678901234567890.123456789");
  });
});

describe("a body of many items", () => {
  test("the path of a field begins with the item's index", async () => {
    expect(await refusalOf(readMany('[{},{},{},{"Transfer":{"Value":"x"}}]'))).toBe("Field.Invalid [3].Transfer.Value");
    expect(await refusalOf(readMany("[{},7]"))).toBe("Field.Invalid [1]");
    expect(await refusalOf(readTexts(post('["a",1]')))).toBe("Field.Invalid [1]");
  });

  test("an object is not a list", async () => {
    expect(await refusalOf(readMany("{}"))).toBe("Field.Invalid");
  });

  test("as many as the limit are read, one more is refused", async () => {
    const many = (count: number) => JSON.stringify(Array.from({ length: count }, () => ({})));
    expect(await readMany(many(LIMITS.BULK_ITEMS))).toHaveLength(LIMITS.BULK_ITEMS);
    expect(await readMany(many(0))).toEqual([]);
    expect(await refusalOf(readMany(many(LIMITS.BULK_ITEMS + 1)))).toBe("Message.TooLarge 512 items");
  });

  test("only the refusal of a field has a path that the index belongs to", () => {
    const throwing = (refusal: Refusal) => () =>
      inItem(2, () => {
        throw refusal;
      });
    expect(throwing(new Refusal("Field.Missing", "Owner"))).toThrow("Field.Missing [2].Owner");
    expect(throwing(new Refusal("Authority"))).toThrow(/^Authority$/);
    expect(itemPath(2, "[1].a")).toBe("[2][1].a");
  });
});
