import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { type Field, fieldsOf, nameOf } from "../../src/protocol/declaration.ts";
import { enumerations, messages } from "./support/declared.ts";

/** One fact of the contract, or of what we declare: `OrderState.Price 22 BigNumber`, `Side.SIDE_BUY 1`. */
type Fact = string;

/** Our own fields: numbers from 1000 up, where the reference system has none. */
const OURS: readonly Fact[] = [
  "SubscriptionDetails.From 1000 SnapshotPosition",
  "SubscriptionDetails.Window 1001 int32 optional",
  "RequestMessage.Received 1000 int64",
  "RequestMessageType.RequestMessageType_Acknowledge 1000",
  "AuditRecord.Errors 1000 string repeated",
  "AuditRecord.Authority 1001 ClientAuthority",
  "AuditRecord.Unreadable 1002 string",
  "AuditRecord.Configuration 1003 FeedConfiguration",
];

/** Our own messages, for what the reference system has none. */
const OUR_MESSAGES: readonly string[] = ["RecordedAction", "RecordedState"];

const contract = readFileSync(fileURLToPath(new URL("wire-contract.tsv", import.meta.url).href), "utf8")
  .trimEnd()
  .split("\n")
  .slice(1)
  .map((line) => {
    const [kind = "", type = "", name = "", number = "", value = "", label = ""] = line.split("\t");
    return { kind, type, name, number, value, label };
  });
const contractMessages = new Set(contract.filter(({ kind }) => kind === "message").map(({ type }) => type));
const contractFacts = contract.map(({ kind, type, name, number, value, label }) =>
  kind === "enum" ? `${type}.${name} ${number}` : factOf(type, name, number, value, label),
);

/** A message's presence is on the wire whether or not it is called optional: there the word says nothing. */
function factOf(type: string, name: string, number: number | string, value: string, label: string): Fact {
  const meaning = label === "optional" && contractMessages.has(value) ? "" : label;
  return `${type}.${name} ${number} ${value} ${meaning}`.trimEnd();
}

function declaredLabel({ label }: Field): string {
  return { plain: "", explicit: "optional", list: "repeated", map: "map<string>" }[label];
}

function declaredType({ type }: Field): string {
  switch (type.kind) {
    case "decimal":
      return "BigNumber";
    case "time":
      return "TimestampWithTimeZone";
    case "enum":
      return type.of.name;
    case "message":
      return nameOf(type.of);
    default:
      return type.kind;
  }
}

const declaredFacts = [
  ...messages.flatMap((schema) =>
    [...fieldsOf(schema)].map(([name, field]) =>
      factOf(nameOf(schema), name, field.number, declaredType(field), declaredLabel(field)),
    ),
  ),
  ...enumerations.flatMap(({ name, numbers }) => [...numbers].map(([full, number]) => `${name}.${full} ${number}`)),
];

describe("the wire contract", () => {
  it("is declared whole: nothing is missing and nothing is different", () => {
    const declared = new Set(declaredFacts);
    expect(contractFacts.filter((fact) => !declared.has(fact))).toEqual([]);
    expect(contractFacts.length).toBeGreaterThan(500);
  });

  it("has nothing added but our own fields", () => {
    const known = new Set(contractFacts);
    const added = declaredFacts.filter((fact) => !known.has(fact));
    const isOfOurs = (fact: Fact) => OUR_MESSAGES.some((name) => fact.startsWith(`${name}.`));
    expect(added.filter((fact) => !isOfOurs(fact)).sort()).toEqual([...OURS].sort());
    expect(OUR_MESSAGES.filter((name) => contractMessages.has(name))).toEqual([]);
  });

  it("lets an action with its place in the log pass for an action: what is added is a field of ours", () => {
    const factsOf = (name: string) =>
      declaredFacts.filter((fact) => fact.startsWith(`${name}.`)).map((fact) => fact.slice(name.length));
    const action = new Set(factsOf("ExternalAction"));
    expect(factsOf("RecordedAction").filter((fact) => !action.has(fact))).toEqual([".Position 1000 UpdatePosition"]);
  });

  it.each(messages.map((schema) => [nameOf(schema), schema] as const))("%s uses no field number twice", (_, schema) => {
    const numbers = [...fieldsOf(schema).values()].map(({ number }) => number);
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  it.each(enumerations.map((enumeration) => [enumeration.name, enumeration] as const))(
    "%s has a zero, and no spelling that could mean two of its values",
    (_, { numbers, names, spellings }) => {
      expect(names.get(0)).toBeDefined();
      expect(names.size).toBe(numbers.size);
      expect(spellings.size).toBe(2 * numbers.size);
    },
  );
});
