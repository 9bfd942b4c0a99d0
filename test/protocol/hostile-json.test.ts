import { describe, expect, it } from "vitest";
import { decode, decodeText, encode } from "../../src/protocol/codec.ts";
import { fieldsOf, type MessageSchema } from "../../src/protocol/declaration.ts";
import { Refusal } from "../../src/protocol/errors.ts";
import { parseExactly } from "../../src/protocol/exact-json.ts";
import { OrderState, RequestMessage } from "../../src/protocol/messages/index.ts";
import { messageCases } from "./support/declared.ts";
import { refusalOf } from "./support/refusal.ts";

const PROTOTYPE_NAMES = ["constructor", "toString", "valueOf", "hasOwnProperty", "isPrototypeOf", "__defineGetter__"];

function zodTakes(schema: MessageSchema, text: string): boolean {
  return schema.safeParse(parseExactly(text)).success;
}

describe("names of the language's own", () => {
  it.each([...PROTOTYPE_NAMES, "__proto__"])("%s is an unknown field of every message", (name) => {
    for (const [, schema] of messageCases) {
      for (const value of ["1", "{}", "null"]) {
        const text = `{"${name}":${value}}`;
        expect(refusalOf(schema, text)).toBe(`Field.Unknown ${name}`);
        expect(zodTakes(schema, text)).toBe(false);
      }
    }
  });

  it.each(PROTOTYPE_NAMES)("%s is a map's key like any other", (name) => {
    const text = `{"Properties":{"${name}":"x"}}`;
    expect(encode(OrderState, decodeText(OrderState, text))).toBe(text);
    expect(zodTakes(OrderState, text)).toBe(true);
  });

  it("__proto__ is refused as a map's key, and no prototype changes", () => {
    for (const value of ['"x"', "{}", '{"polluted":"x"}']) {
      const text = `{"Properties":{"a":"b","__proto__":${value}}}`;
      expect(refusalOf(OrderState, text)).toBe("Field.Invalid Properties.__proto__");
      expect(zodTakes(OrderState, text)).toBe(false);
    }
    expect(Reflect.get({}, "polluted")).toBeUndefined();
  });

  it("a message's prototype is always the plain one", () => {
    const order = decodeText(OrderState, '{"Account":{"AccountID":"A"},"Properties":{"constructor":"x"}}');
    for (const object of [order, order.Account, order.Properties]) {
      expect(Object.getPrototypeOf(object)).toBe(Object.prototype);
    }
  });
});

describe("repeated keys", () => {
  it("the last one counts, for the message and for what is recorded of it", () => {
    const text = '{"OrderID":"first","Price":1,"OrderID":"last","Price":12345678901234567890}';
    const order = decodeText(OrderState, text);
    expect(order.OrderID).toBe("last");
    expect(order.Price?.toString()).toBe("12345678901234567890");
  });

  it("one that is overwritten is not looked at", () => {
    expect(decodeText(OrderState, '{"Price":"NaN","Price":1}').Price?.toString()).toBe("1");
    expect(refusalOf(OrderState, '{"Price":1,"Price":"NaN"}')).toBe("Field.Invalid Price");
  });
});

describe("nesting of 100,000 levels is refused without harm", () => {
  const DEPTH = 100_000;

  it.each([
    ["arrays", `${"[".repeat(DEPTH)}${"]".repeat(DEPTH)}`],
    ["objects", `${'{"Request":'.repeat(DEPTH)}{}${"}".repeat(DEPTH)}`],
    ["arrays in a field", `{"Request":${"[".repeat(DEPTH)}${"]".repeat(DEPTH)}}`],
    ["arrays around a long number", `${"[".repeat(DEPTH)}12345678901234567890${"]".repeat(DEPTH)}`],
    ["arrays that do not end", "[".repeat(DEPTH)],
  ])("of %s", (_, text) => {
    expect(refusalOf(RequestMessage, text)).toMatch(
      /^(?:Field\.(?:Invalid|Unknown)|Message\.Unreadable) ?[\w. ]{0,40}$/,
    );
  });
});

describe("text", () => {
  it.each([
    ["a lone high surrogate", "\\ud800"],
    ["a lone low surrogate", "\\udc00"],
    ["surrogates in the wrong order", "\\udc00\\ud800"],
    ["NUL", "\\u0000"],
    ["escape", "\\u001b"],
    ["the separator of our keys", "\\u001f"],
    ["a backspace", "\\b"],
    ["a form feed", "\\f"],
  ])("refuses %s, as a value, a key, and in a long text", (_, escaped) => {
    for (const text of [escaped, `${"x".repeat(1000)}${escaped}${"x".repeat(1000)}`]) {
      expect(refusalOf(OrderState, `{"Code":"${text}"}`)).toBe("Field.Invalid Code");
      expect(refusalOf(OrderState, `{"Errors":["${text}"]}`)).toBe("Field.Invalid Errors[0]");
      expect(refusalOf(OrderState, `{"Properties":{"${text}":"x"}}`)).toMatch(/^Field\.Invalid Properties\["/);
      expect(refusalOf(OrderState, `{"Properties":{"x":"${text}"}}`)).toBe("Field.Invalid Properties.x");
    }
  });

  it.each([
    "tab\\there",
    "line\\nend\\r\\n",
    "\\ud83d\\ude00",
    "žluťoučký",
    "株式",
    "\\u2028",
    '\\"quoted\\" \\\\ \\/',
  ])("takes %s", (text) => {
    const order = decodeText(OrderState, `{"Code":"${text}"}`);
    expect(order.Code).toBe(JSON.parse(`"${text}"`));
    expect(decodeText(OrderState, encode(OrderState, order))).toEqual(order);
  });

  it("leaves digits within a long text alone", () => {
    const note = "paid 12345678901234567890.123456789, [1e-999, 0.10000000000000000000001]";
    const order = decodeText(OrderState, JSON.stringify({ Properties: { note }, Errors: [note], Price: 1 }));
    expect(order.Properties).toEqual({ note });
    expect(order.Errors).toEqual([note]);
    expect(order.Price?.toString()).toBe("1");
  });
});

describe("a value of the wrong type", () => {
  const wrong: Readonly<Record<string, readonly string[]>> = {
    string: ["1", "12345678901234567890", "true", "[]", "{}"],
    bytes: ["1", "true", "[]", "{}", '"="', '"QQ"', '"QR=="', '"QQ==\\n"', '"Q Q="', '"-_=="'],
    bool: ["0", "1", '"true"', '"false"', "[]", "{}"],
    integer: ["1.5", "true", '"x"', '""', "[]", "{}", "1e400", "12345678901234567890"],
    decimal: ["true", '"x"', "[]", '{"text":"1"}', '{"coefficient":1}'],
    time: ["1", "true", '"x"', "[]", "[{}]", '{"text":"1"}'],
    enum: ["true", '"x"', "-1", "0.5", "99999", "[]", "{}", "12345678901234567890"],
    message: ["1", "true", '"x"', "[]", "[{}]", "12345678901234567890"],
  };

  it.each(messageCases)("is refused in every field of %s, with its place, and so is null", (_, schema) => {
    for (const [name, { label, type }] of fieldsOf(schema)) {
      const values = ["null", ...(wrong[type.kind] ?? wrong.integer ?? [])];
      const containers = { plain: ["@"], explicit: ["@"], list: ["[@]"], map: ['{"k":@}'] }[label];
      const places = { plain: "", explicit: "", list: "[0]", map: ".k" }[label];
      for (const container of containers) {
        for (const value of values) {
          const text = `{"${name}":${container.replace("@", value)}}`;
          expect(refusalOf(schema, text), text).toMatch(/^Field\.(?:Invalid|Unknown) /);
          expect(refusalOf(schema, text), text).toContain(` ${name}${places}`);
        }
      }
      if (label === "list") expect(refusalOf(schema, `{"${name}":{}}`)).toBe(`Field.Invalid ${name}`);
      if (label === "map") expect(refusalOf(schema, `{"${name}":[]}`)).toBe(`Field.Invalid ${name}`);
    }
  });

  it("is refused when it is no JSON at all", () => {
    for (const value of [undefined, Number.NaN, Symbol("x"), () => 1, 1n, new Date(0), new Map()]) {
      expect(() => decode(OrderState, { Code: value })).toThrow(new Refusal("Field.Invalid", "Code"));
    }
  });
});
