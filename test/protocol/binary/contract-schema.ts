/** The wire contract as an independent implementation of protobuf understands it: built from its table, not from ours. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import protobuf from "protobufjs";

/** Every message and enumeration of `wire-contract.tsv`, as protobufjs declares them. */
export function contractRoot(): protobuf.Root {
  const table = readFileSync(fileURLToPath(new URL("../wire-contract.tsv", import.meta.url).href), "utf8");
  const root = new protobuf.Root();
  for (const line of table.trimEnd().split("\n").slice(1)) {
    const [kind = "", type = "", name = "", number = "", value = "", label = ""] = line.split("\t");
    if (kind === "enum") enumOf(root, type).add(name, Number(number));
    else typeOf(root, type).add(fieldOf(name, Number(number), value, label));
  }
  root.resolveAll();
  return root;
}

function typeOf(root: protobuf.Root, name: string): protobuf.Type {
  const known = root.get(name);
  if (known instanceof protobuf.Type) return known;
  const type = new protobuf.Type(name);
  root.add(type);
  return type;
}

function enumOf(root: protobuf.Root, name: string): protobuf.Enum {
  const known = root.get(name);
  if (known instanceof protobuf.Enum) return known;
  const values = new protobuf.Enum(name);
  root.add(values);
  return values;
}

function fieldOf(name: string, number: number, value: string, label: string): protobuf.FieldBase {
  if (label === "map<string>") return new protobuf.MapField(name, number, "string", value);
  if (label === "repeated") return new protobuf.Field(name, number, value, "repeated");
  return new protobuf.Field(name, number, value, label === "optional" ? { proto3_optional: true } : {});
}
