/** What REST can read of an Owner as at a moment, and what it should read by a state that was folded. */
import { KEY_SEPARATOR } from "../../../src/domain/records.ts";
import type { Engine } from "../../../src/owner/engine.ts";
import type { ListQuestion, Moment, RecordQuestion } from "../../../src/owner/rpc.ts";
import { REPLICATED } from "../../domain/support/replica.ts";
import { type FoldedState, inOrder, type Touched } from "./folded-log.ts";

const ACCOUNTS = ["A1", "A2"];
const OF_ACCOUNTS = ["account", "balance", "holding", "order", "request"] as const;

type Wanted = Omit<ListQuestion, "asAt">;

/** Every list that is asked for. */
const LISTS: readonly Wanted[] = [
  ...REPLICATED.map((kind) => ({ kind })),
  ...ACCOUNTS.flatMap((accountId) => OF_ACCOUNTS.map((kind) => ({ kind, accountId }))),
  { kind: "order", onlyActive: true },
  { kind: "order", exchange: "ASX" },
  { kind: "order", accountId: "A1", exchange: "XLON", onlyActive: true },
];

/** A question in short, and its answer. */
type Answers = Readonly<Record<string, string | undefined>>;

/** What the engine answers to every question, and the At that it says it read at. */
export function answersOf(
  engine: Pick<Engine, "list" | "record">,
  touched: readonly Touched[],
  asAt?: Moment,
): { readonly at: number; readonly answers: Answers } {
  const moment = asAt === undefined ? {} : { asAt };
  const answers: Record<string, string | undefined> = {};
  let at = 0;
  for (const question of LISTS) {
    const listing = engine.list({ ...question, ...moment });
    at = listing.at;
    answers[JSON.stringify(question)] = textOf(listing.pieces);
  }
  for (const question of questionsFor(touched)) {
    answers[JSON.stringify(question)] = engine.record({ ...question, ...moment }).body;
  }
  return { at, answers };
}

/** What it should answer, by the events that clients had up to then. */
export function expectedAnswers(replica: FoldedState, touched: readonly Touched[]): Answers {
  const lists = LISTS.map((question) => [JSON.stringify(question), expectedList(replica, question)]);
  const records = [...questionsFor(touched)].map((question) => [
    JSON.stringify(question),
    replica.get(`${question.kind} ${question.parts.join(KEY_SEPARATOR)}`),
  ]);
  return Object.fromEntries([...lists, ...records]);
}

/** A question for each record that there ever was; of an exchange, for what is in effect. */
function questionsFor(touched: readonly Touched[]): readonly Omit<RecordQuestion, "asAt">[] {
  return touched.flatMap(({ kind, key }) => {
    const parts = key.split(KEY_SEPARATOR);
    if (kind === "ownExchange") return [{ kind: "exchange" as const, parts }];
    return kind === "configuration" ? [] : [{ kind, parts }];
  });
}

function expectedList(replica: FoldedState, { kind, accountId, exchange, onlyActive }: Wanted): string {
  const bodies = inOrder(replica).flatMap(([name, body]) => {
    if (!name.startsWith(`${kind} `)) return [];
    const { Request, Account = Request?.Account, Exchange, IsCompleted } = JSON.parse(body);
    const isWanted =
      (accountId === undefined || Account.AccountID === accountId) &&
      (exchange === undefined || Exchange === exchange) &&
      !(onlyActive === true && IsCompleted === true);
    return isWanted ? [body] : [];
  });
  return `[${bodies.join(",")}]`;
}

function textOf(pieces: Iterator<string, void>): string {
  let text = "";
  for (let next = pieces.next(); next.done !== true; next = pieces.next()) text += next.value;
  return text;
}
