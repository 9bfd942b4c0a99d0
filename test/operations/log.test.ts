import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, test, vi } from "vitest";
import {
  DEFAULT_LEVEL,
  errorFields,
  LEVELS,
  type Level,
  setLevel,
  setLevelBy,
  tell,
} from "../../src/operations/log.ts";
import { TALLY_MS, Tally } from "../../src/operations/tally.ts";

/** Every line that was written, with the level that the platform was told. */
let lines: { readonly level: Level; readonly text: string }[];

beforeEach(() => {
  lines = [];
  for (const level of LEVELS) {
    vi.spyOn(console, level).mockImplementation((text: string) => void lines.push({ level, text }));
  }
});
afterEach(() => {
  vi.restoreAllMocks();
  setLevel("warn");
});

const tellAt = (level: Level) => tell(level, "alarm.retried", { owner: "XS", kind: "order" });

describe("the log", () => {
  it("is one line of JSON for an event: when it was, its level, its name and its fields", () => {
    setLevel("info");
    tell("info", "socket.closed", { owner: "X\nS", session: "s", code: 4401, sockets: 2 });
    const [line] = lines;
    expect(line?.level).toBe("info");
    expect(line?.text).not.toContain("\n");
    expect(JSON.parse(line?.text ?? "")).toEqual({
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      level: "info",
      event: "socket.closed",
      ...{ owner: "X\nS", session: "s", code: 4401, sockets: 2 },
    });
  });

  test.each(LEVELS.map((level, index) => [level, LEVELS.slice(index)] as const))(
    "set to %s it tells %j",
    (level, told) => {
      setLevel(level);
      for (const each of LEVELS) tellAt(each);
      expect(lines.map((line) => line.level)).toEqual(told);
    },
  );

  test.each([
    [{ OMS_LOG_LEVEL: "error" }, "error"],
    [{ OMS_LOG_LEVEL: 3 }, DEFAULT_LEVEL],
    [{}, DEFAULT_LEVEL],
  ] as const)("is set by an environment, %j", (environment, level) => {
    setLevelBy(environment);
    for (const each of LEVELS) tellAt(each);
    expect(lines.map((line) => line.level)).toEqual(LEVELS.slice(LEVELS.indexOf(level)));
  });

  test.each([undefined, "", "loud", "INFO"])("set to %j, which is no level, it is as when it is not set", (level) => {
    setLevel("debug");
    setLevel(level);
    for (const each of LEVELS) tellAt(each);
    expect(lines.map((line) => line.level)).toEqual(LEVELS.slice(LEVELS.indexOf(DEFAULT_LEVEL)));
  });
});

describe("what is told of an error", () => {
  it("is its kind, what it says, and where in the program it happened", () => {
    const { error, message, stack } = errorFields(new TypeError("Cannot read properties of undefined (reading 'x')"));
    expect([error, message]).toEqual(["TypeError", "Cannot read properties of undefined (reading …"]);
    expect(stack.length).toBeGreaterThan(0);
    for (const line of stack) expect(line).toMatch(/^at /);
    expect(stack[0]).toContain("log.test.ts");
  });

  it("keeps the names of SQLite's errors", () => {
    const { message } = errorFields(new Error("database or disk is full: SQLITE_FULL"));
    expect(message).toBe("database or disk is full: SQLITE_FULL");
  });

  test.each([
    ["a text", "string"],
    [undefined, "undefined"],
    [{ secret: "x" }, "object"],
  ])("that is no Error, %j, is only what it is", (thrown, kind) => {
    expect(errorFields(thrown)).toEqual({ error: kind, message: "", stack: [] });
  });

  it("is never a token, an amount, an id, or anything that an engine quotes", () => {
    const token = fc.string({ minLength: 33, maxLength: 200, unit: fc.constantFrom(..."abcdefXYZ0189-_.") });
    const amount = fc.tuple(fc.bigInt(), fc.nat()).map(([whole, part]) => `${whole}.${part}`);
    const id = fc.string({ minLength: 2, maxLength: 12, unit: fc.constantFrom(..."ABCDEFGHIJ0123456789/") });
    const secret = fc.oneof(
      token,
      amount,
      id.filter((text) => text.length > 1),
    );
    const sentence = fc.constantFrom(
      (text: string) => `Unexpected token 'x', ..."{"Price": ${text}}" is not valid JSON`,
      (text: string) => `${text} does not exist`,
      (text: string) => `an open request that is not known: ${text}\n    at of(${text})`,
      (text: string) => `Cannot convert ${text} to a BigInt`,
    );
    return fc.assert(
      fc.property(secret, sentence, (text, of) => {
        const { message, stack } = errorFields(new Error(of(text)));
        // Two letters may be part of a word of ours.
        if (text.length > 2) expect(message).not.toContain(text);
        expect(stack.join("\n")).not.toContain(`of(${text})`);
      }),
    );
  });
});

describe("what happens often", () => {
  const tallied = () => {
    const told: [string, number][] = [];
    return { told, tally: new Tally<string>((name, count) => void told.push([name, count])) };
  };

  it("is told at once, then with all that came since, each kind for itself", () => {
    const { told, tally } = tallied();
    for (const now of [0, 1, TALLY_MS - 1]) tally.add("Authority", now);
    tally.add("Retry", 2);
    expect(told).toEqual([
      ["Authority", 1],
      ["Retry", 1],
    ]);
    tally.add("Authority", TALLY_MS);
    expect(told.at(-1)).toEqual(["Authority", 3]);
  });

  it("is told of nothing twice and, up to the last minute, of everything, whatever the clock does", () =>
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -2 * TALLY_MS, max: 2 * TALLY_MS })), (steps) => {
        const { told, tally } = tallied();
        let now = 0;
        let happened = 0;
        for (const step of steps) {
          now += step;
          tally.add("x", now);
          happened++;
          const sum = told.reduce((total, [, count]) => total + count, 0);
          expect(sum).toBeLessThanOrEqual(happened);
        }
        now += 5 * TALLY_MS * (steps.length + 1);
        tally.add("x", now);
        expect(told.reduce((total, [, count]) => total + count, 0)).toBe(happened + 1);
      }),
    ));
});
