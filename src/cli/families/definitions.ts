/** What can be defined has the same verbs everywhere: list, get, define, undefine, export and import. */
import type { MessageSchema, Of } from "../../protocol/fields.ts";
import type { OptionTable, Verb } from "../command.ts";
import { IMPORT_OPTIONS, importFile } from "../imports/import.ts";
import type { Invocation } from "../invocation.ts";
import { fieldOptions, recordFrom } from "../options/field-options.ts";
import type { RecordKind } from "../records/kind.ts";
import { AS_AT } from "./reading.ts";

export interface Definable<Schema extends MessageSchema> {
  readonly kind: RecordKind<Schema>;
  /** For people: `an account`. */
  readonly one: string;
  /** The parameters that name one: `<account>`. */
  readonly parameters: string;
  /** The columns that the parameters say, and how their cells are had. */
  readonly key: Readonly<Record<string, (call: Invocation) => string>>;
  /** What a list may be narrowed by. */
  readonly listParameters?: string;
  readonly undefineOptions?: OptionTable;
  readonly list: (call: Invocation) => Promise<Iterable<Of<Schema>>>;
  readonly get: (call: Invocation) => Promise<Of<Schema>>;
  readonly define: (call: Invocation, record: Of<Schema>) => Promise<unknown>;
  readonly undefine: (call: Invocation) => Promise<unknown>;
}

export function definitionVerbs<Schema extends MessageSchema>(definable: Definable<Schema>): readonly Verb[] {
  const { kind, one, parameters, listParameters } = definable;
  return [
    {
      name: "list",
      ...(listParameters !== undefined && { parameters: listParameters }),
      summary: `Lists ${kind.name}`,
      options: AS_AT,
      run: async (call) => call.printer.list(kind, await definable.list(call)),
    },
    {
      name: "get",
      parameters,
      summary: `Shows ${one}`,
      options: AS_AT,
      run: async (call) => call.printer.one(kind, await definable.get(call)),
    },
    {
      name: "define",
      parameters,
      summary: `Defines ${one}, or says anew all that is known of it`,
      options: fieldOptions(kind, Object.keys(definable.key)),
      run: async (call) => void (await definable.define(call, recordFrom(kind, call, keyCells(definable.key, call)))),
    },
    {
      name: "undefine",
      parameters,
      summary: `Undefines ${one}`,
      ...(definable.undefineOptions !== undefined && { options: definable.undefineOptions }),
      run: async (call) => void (await definable.undefine(call)),
    },
    {
      name: "export",
      ...(listParameters !== undefined && { parameters: listParameters }),
      summary: `Writes ${kind.name} as CSV, for import`,
      options: AS_AT,
      run: async (call) => call.printer.as("csv").list(kind, await definable.list(call)),
    },
    {
      name: "import",
      parameters: "[file]",
      summary: `Defines ${kind.name} from CSV`,
      options: IMPORT_OPTIONS,
      run: (call) =>
        importFile(call, {
          kind,
          isSingle: true,
          send: async (records) => {
            for (const record of records) await definable.define(call, record);
          },
        }),
    },
  ];
}

function keyCells(key: Definable<MessageSchema>["key"], call: Invocation): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(key).map(([header, cell]) => [header, cell(call)]));
}
