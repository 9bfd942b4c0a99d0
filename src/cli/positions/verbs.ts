/** The verbs that clear an account of its positions, and that bring positions to what a file says. */
import { Refusal } from "../../protocol/errors.ts";
import type { MessageSchema, Of } from "../../protocol/fields.ts";
import type { Verb } from "../command.ts";
import { AS_AT, asAt } from "../families/reading.ts";
import { csvRows } from "../imports/csv-rows.ts";
import { openFile } from "../imports/import.ts";
import { type RefusedLine, recordsIn } from "../imports/records.ts";
import type { Invocation } from "../invocation.ts";
import { type Levelling, levelTo, type Target, tellOutcome } from "./level.ts";

/** `list` and `export` read alike; `import` takes what `export` wrote, and `clear` makes all of an account zero. */
export function positionVerbs<Position extends MessageSchema, Transfer extends MessageSchema>(
  levelling: Levelling<Position, Transfer>,
  list: (call: Invocation, options: ReturnType<typeof asAt>) => Promise<readonly Of<Position>[]>,
  derived: string,
): readonly Verb[] {
  const { kind } = levelling;
  return [
    {
      name: "list",
      parameters: "[account]",
      summary: `Lists ${kind.name}: of an account, else of the Owner, else of all`,
      options: AS_AT,
      run: async (call) => call.printer.list(kind, await list(call, asAt(call))),
    },
    {
      name: "clear",
      parameters: "<account>",
      summary: `Brings the ${kind.name} of an account to zero by counter-transfers`,
      options: { yes: { kind: "flag", alias: "y", describe: "Do not ask" } },
      run: (call) => clear(call, levelling),
    },
    {
      name: "export",
      parameters: "[account]",
      summary: `Writes ${kind.name} as CSV, for import`,
      options: AS_AT,
      run: async (call) => call.printer.as("csv").list(kind, await list(call, asAt(call))),
    },
    {
      name: "import",
      parameters: "[file]",
      summary: `Brings ${kind.name} to what a CSV file says, by transfers of the differences. ${derived}`,
      run: (call) => importPositions(call, levelling),
    },
  ];
}

async function clear<Position extends MessageSchema, Transfer extends MessageSchema>(
  call: Invocation,
  levelling: Levelling<Position, Transfer>,
): Promise<void> {
  const { kind, read, emptied, level, keyOf } = levelling;
  const { OwnerID, AccountID } = call.account();
  const present = await read(call, OwnerID, AccountID);
  const targets = present
    .filter((position) => level(position, emptied(position), "").length > 0)
    .map((position, line) => ({ line, position: emptied(position) }));
  if (targets.length === 0) return call.terminal.tell(`${OwnerID}/${AccountID} has no ${kind.name} to clear`);
  await call.printer.list(
    kind,
    present.filter((position) => targets.some((target) => keyOf(target.position) === keyOf(position))),
  );
  const isSure = await call.confirm(`Bring these ${kind.name} of ${OwnerID}/${AccountID} to zero?`);
  if (!isSure) return call.terminal.tell("Nothing was done");
  const outcome = await levelTo(call, levelling, targets, "clear");
  const names = targets.map(({ position }) => keyOf(position));
  tellOutcome(call, outcome, (line) => names[line] ?? "");
}

async function importPositions<Position extends MessageSchema, Transfer extends MessageSchema>(
  call: Invocation,
  levelling: Levelling<Position, Transfer>,
): Promise<void> {
  const { kind, keyOf, accountOf } = levelling;
  const seen = new Set<string>();
  const unreadable: RefusedLine[] = [];
  const targets: Target<Of<Position>>[] = [];
  const require = (position: Of<Position>): void => {
    accountOf(position);
    const key = keyOf(position);
    if (seen.has(key)) throw new Refusal("Field.Invalid", `${key} is there twice`);
    seen.add(key);
  };
  const rows = csvRows(openFile(call).source);
  for await (const { line, record } of recordsIn(kind, rows, (refused) => unreadable.push(refused), require)) {
    targets.push({ line, position: record });
  }
  const outcome = await levelTo(call, levelling, targets, "import");
  tellOutcome(
    call,
    {
      ...outcome,
      refused: [...unreadable, ...outcome.refused],
      differing: [...unreadable.map(({ line }) => line), ...outcome.differing],
    },
    (line) => `line ${line}`,
  );
}
