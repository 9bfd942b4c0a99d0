import protobuf from "protobufjs";
import { describe, expect, it } from "vitest";
import { fieldsOf, nameOf } from "../../src/protocol/declaration.ts";
import { PACKAGE, protoText } from "../../src/protocol/proto.ts";
import { contractRoot } from "./binary/contract-schema.ts";
import { enumerations, messages } from "./support/declared.ts";

/** Everything that a schema says, a line for each field and each value. */
function factsOf(root: protobuf.NamespaceBase): readonly string[] {
  return root.nestedArray.flatMap((each): readonly string[] => {
    if (each instanceof protobuf.Enum) {
      return Object.entries(each.values).map(([name, number]) => `${each.name}.${name} ${number}`);
    }
    if (!(each instanceof protobuf.Type)) return [];
    return each.fieldsArray.map((field) => `${each.name}.${field.name} ${field.id} ${field.type} ${labelOf(field)}`);
  });
}

function labelOf(field: protobuf.Field): string {
  if (field instanceof protobuf.MapField) return `map<${field.keyType}>`;
  if (field.repeated) return "repeated";
  // A message's presence can be seen whether or not it is called optional.
  const isScalar = !(field.resolvedType instanceof protobuf.Type);
  return isScalar && field.getOption("proto3_optional") === true ? "optional" : "";
}

const parsed = protobuf.parse(protoText(), { keepCase: true });
const served = parsed.root.resolveAll().lookup(PACKAGE);
if (!(served instanceof protobuf.Namespace)) throw new Error("the file has no package");

describe("the .proto file", () => {
  it("is proto3, and in a package of its own", () => {
    expect(protoText()).toMatch(/^syntax = "proto3";$/m);
    expect(parsed.package).toBe(PACKAGE);
  });

  it("says all that the wire contract says, and nothing else but what is ours", () => {
    const facts = new Set(factsOf(served));
    const contract = factsOf(contractRoot());
    expect(contract.length).toBeGreaterThan(500);
    expect(contract.filter((fact) => !facts.has(fact))).toEqual([]);
    const known = new Set(contract);
    const added = [...facts].filter((fact) => !known.has(fact));
    const isOurs = (fact: string) => /^\S+ 1\d{3}( |$)/.test(fact) || /^Recorded(Action|State)\./.test(fact);
    expect(added.filter((fact) => !isOurs(fact))).toEqual([]);
    expect(added.some((fact) => fact.startsWith("SubscriptionDetails.From 1000"))).toBe(true);
  });

  it("has everything that is declared, once", () => {
    const names = [...messages.map(nameOf), ...enumerations.map(({ name }) => name)];
    expect(served.nestedArray.map(({ name }) => name)).toEqual([...names].sort());
    const fields = messages.reduce((sum, schema) => sum + fieldsOf(schema).size, 0);
    const values = enumerations.reduce((sum, { numbers }) => sum + numbers.size, 0);
    expect(factsOf(served)).toHaveLength(fields + values);
  });

  it("names no two values alike: in protobuf all of a package share one space", () => {
    const names = enumerations.flatMap(({ numbers }) => [...numbers.keys()]);
    expect(new Set(names).size).toBe(names.length);
  });

  it("begins every enumeration with its zero, as proto3 demands", () => {
    for (const { name } of enumerations) {
      expect(Object.values(served.lookupEnum(name).values)[0]).toBe(0);
    }
  });
});
