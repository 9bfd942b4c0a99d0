/** Brings balances or holdings to what they should be, and looks whether they are. */
import { encode } from "../../protocol/codec.ts";
import type { MessageSchema, Of } from "../../protocol/fields.ts";
import { LIMITS } from "../../protocol/limits.ts";
import { EXIT, Failed } from "../exit-codes.ts";
import { batches, type Item } from "../imports/batches.ts";
import type { RefusedLine } from "../imports/records.ts";
import { sendBatch } from "../imports/sending.ts";
import type { Invocation } from "../invocation.ts";
import { plainText } from "../output/plain-text.ts";
import type { AccountName } from "../records/account-names.ts";
import type { RecordKind } from "../records/kind.ts";

/** What is levelled. */
export interface Levelling<Position extends MessageSchema, Transfer extends MessageSchema> {
  readonly kind: RecordKind<Position>;
  readonly transfer: Transfer;
  /** The positions of an Owner, or of one account, as they are. */
  readonly read: (call: Invocation, owner: string, account?: string) => Promise<readonly Of<Position>[]>;
  readonly send: (call: Invocation, transfers: readonly Of<Transfer>[]) => Promise<unknown>;
  readonly accountOf: (position: Of<Position>) => AccountName;
  /** Tells a position from all others. */
  readonly keyOf: (position: Of<Position>) => string;
  /** A position that is like this one, and empty. */
  readonly emptied: (position: Of<Position>) => Of<Position>;
  /** The transfers from one to the other; their ids begin with `id`. */
  readonly level: (from: Of<Position>, to: Of<Position>, id: string) => readonly Of<Transfer>[];
}

/** A position as it should be, with where that is said. */
export interface Target<Position> {
  readonly line: number;
  readonly position: Position;
}

export interface LevelOutcome {
  readonly transfers: number;
  readonly refused: readonly RefusedLine[];
  /** The lines whose positions are still not as they should be. */
  readonly differing: readonly number[];
}

/** Accounts of an Owner that are read one by one; for more of them the whole Owner is read. */
const ACCOUNTS_READ_ALONE = 16;
/** Positions of a bulk call. The transfers of one position are taken together or not at all. */
const MOST = { items: 32, bytes: LIMITS.BODY_BYTES };

/** Sends what is missing between the positions as they are and as they should be, and reads them again. */
export async function levelTo<Position extends MessageSchema, Transfer extends MessageSchema>(
  call: Invocation,
  levelling: Levelling<Position, Transfer>,
  targets: readonly Target<Of<Position>>[],
  verb: string,
): Promise<LevelOutcome> {
  // New in every run: the state itself says what is still to be done, and the same figure may be levelled again later.
  const id = `${verb}-${crypto.randomUUID()}`;
  const items = await missing(call, levelling, targets, id);
  const refused: RefusedLine[] = [];
  let transfers = 0;
  const send = async (records: readonly (readonly Of<Transfer>[])[]): Promise<void> => {
    const together = records.flat();
    await levelling.send(call, together);
    transfers += together.length;
  };
  for await (const batch of batches(asyncly(items), MOST)) await sendBatch(batch, send, (line) => refused.push(line));
  const left = transfers === 0 ? items : await missing(call, levelling, targets, id);
  return { transfers, refused, differing: left.map(({ line }) => line) };
}

/** The transfers that are missing, those of a position together. */
async function missing<Position extends MessageSchema, Transfer extends MessageSchema>(
  call: Invocation,
  levelling: Levelling<Position, Transfer>,
  targets: readonly Target<Of<Position>>[],
  id: string,
): Promise<readonly Item<readonly Of<Transfer>[]>[]> {
  const { keyOf, emptied, level, transfer } = levelling;
  const present = await presentPositions(call, levelling, targets);
  return targets.flatMap(({ line, position }) => {
    const record = level(present.get(keyOf(position)) ?? emptied(position), position, id);
    const bytes = record.reduce((sum, each) => sum + Buffer.byteLength(encode(transfer, each)) + 1, 0);
    return record.length === 0 ? [] : [{ line, record, bytes }];
  });
}

async function presentPositions<Position extends MessageSchema, Transfer extends MessageSchema>(
  call: Invocation,
  { read, accountOf, keyOf }: Levelling<Position, Transfer>,
  targets: readonly Target<Of<Position>>[],
): Promise<ReadonlyMap<string, Of<Position>>> {
  const accounts = new Map<string, Set<string>>();
  for (const { position } of targets) {
    const { OwnerID, AccountID } = accountOf(position);
    const ofOwner = accounts.get(OwnerID) ?? new Set();
    accounts.set(OwnerID, ofOwner.add(AccountID));
  }
  const present = new Map<string, Of<Position>>();
  for (const [owner, named] of accounts) {
    const readings = named.size > ACCOUNTS_READ_ALONE ? [undefined] : [...named];
    for (const account of readings) {
      for (const position of await read(call, owner, account)) present.set(keyOf(position), position);
    }
  }
  return present;
}

async function* asyncly<Element>(elements: readonly Element[]): AsyncGenerator<Element> {
  yield* elements;
}

/** Tells people what came of it. Throws Failed unless all is as it should be. */
export function tellOutcome(
  call: Invocation,
  { transfers, refused, differing }: LevelOutcome,
  nameOf: (line: number) => string,
): void {
  for (const { line, codes } of refused) call.terminal.tell(`${nameOf(line)}: ${plainText(codes.join(", "))}`);
  const untold = differing.filter((line) => !refused.some((known) => known.line === line));
  for (const line of untold)
    call.terminal.tell(`${nameOf(line)}: it is not as it should be; has it changed meanwhile?`);
  const told = `${transfers} transfer${transfers === 1 ? "" : "s"} made`;
  if (differing.length > 0) throw new Failed(EXIT.refused, `${told}; ${differing.length} not as they should be`);
  call.terminal.tell(told);
}
