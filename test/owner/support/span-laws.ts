/** Parts of the log: what lies between two places is what lies before the one without what lies before the other. */
import * as fc from "fast-check";
import type { LogContent } from "../../../src/owner/rpc.ts";
import { fromMicroseconds } from "../../../src/protocol/timestamp.ts";
import { expectEqual } from "../../domain/support/equal.ts";
import { drawn as drawnFrom, linesOf } from "../told.ts";
import { FoldedLog } from "./folded-log.ts";
import type { Law } from "./laws.ts";
import { anySubscription, FEEDS, updatesSubscription, weighted } from "./random-run.ts";
import { anyShares, asText, boundsOf, isThere, isThrough, pagesOf, textsOf, toldOf } from "./spans.ts";

const anyContent = weighted<LogContent>(
  [3, fc.constant({ type: "events" })],
  [
    3,
    fc
      .array(anySubscription, { minLength: 1, maxLength: 2 })
      .map((subscriptions) => ({ type: "events", subscriptions })),
  ],
  [1, fc.constant({ type: "audit" })],
  [1, updatesSubscription.map(({ targets }) => ({ type: "trades", targets }))],
  [1, fc.constantFrom(...FEEDS).map((feed) => ({ type: "updates", feed }))],
);

const questions = (length: number) =>
  fc.array(
    fc.record({
      shares: anyShares,
      content: anyContent,
      updates: updatesSubscription,
      count: fc.integer({ min: 1, max: 9 }),
      pieceBytes: fc.integer({ min: 1, max: 3000 }),
    }),
    {
      minLength: length,
      maxLength: length,
    },
  );

export function spanLaws(law: Law): void {
  law(
    "What is told between two places is what is told up to the second without what is told up to the first",
    { runs: 50, of: { renames: true }, drawn: questions(25) },
    ({ world }, drawn) => {
      for (const { shares, content, pieceBytes } of drawn) {
        if (!isThere(world, content)) continue;
        const { from, to } = boundsOf(world, shares);
        const before = new Set(textsOf(world, { content, span: { to: from } }));
        const isBeyond = (text: string) => !before.has(text);
        const what = JSON.stringify({ content, from, to });
        const through = textsOf(world, { content, span: { to } });
        expectEqual(textsOf(world, { content, span: { from, to }, pieceBytes }), through.filter(isBeyond), what);
        const whole = textsOf(world, { content, span: {} });
        expectEqual(textsOf(world, { content, span: { from } }), whole.filter(isBeyond), `${what} and beyond`);
      }
    },
  );

  law(
    "It is every event, update and trade as it was, of the records after the first place and up to the second, in the order of the log",
    { runs: 50, of: { renames: true }, drawn: questions(25) },
    ({ world }, drawn) => {
      const { records } = new FoldedLog(world.store);
      for (const { shares, updates } of drawn) {
        const { from, to } = boundsOf(world, shares);
        const held = records.filter((record) => !isThrough(from, record) && isThrough(to, record));
        const what = JSON.stringify({ from, to });
        expectEqual(
          textsOf(world, { content: { type: "events" }, span: { from, to } }),
          held.filter(({ Events }) => Events.length > 0).map(eventsAsTold),
          `the events of ${what}`,
        );
        expectEqual(
          toldOf(world, { content: { type: "audit" }, span: { from, to } }).map(({ message }) => message),
          held.map(auditAsTold),
          `the audit of ${what}`,
        );
        expectEqual(
          toldOf(world, { content: { type: "trades", targets: [] }, span: { from, to } }).map(({ message }) => message),
          held.flatMap(({ At: at, Sequence, Position, Events }) =>
            tradesAsTold({ Position: { Sequence, Position, ExecutedAt: fromMicroseconds(at) }, Updates: Events }),
          ),
          `the trades of ${what}`,
        );
        const narrowed = toldOf(world, { content: { type: "events", subscriptions: [updates] }, span: { from, to } });
        expectEqual(
          toldOf(world, { content: { type: "trades", targets: updates.targets }, span: { from, to } }).map(
            ({ message }) => message,
          ),
          narrowed.flatMap(({ message }) => tradesAsTold(message)),
          `the trades of ${JSON.stringify(updates)}, ${what}`,
        );
      }
    },
  );

  law(
    "It is told once and in order by pages, whether they go on from the last time or from the last positions",
    { runs: 40, of: { renames: true }, drawn: questions(10) },
    ({ world }, drawn) => {
      for (const { shares, content, count } of drawn) {
        if (!isThere(world, content)) continue;
        const span = boundsOf(world, shares);
        const what = JSON.stringify({ content, span, count });
        const lines = pagesOf(world, { content, span }, count, what).flat();
        expectEqual(lines.map(asText), textsOf(world, { content, span }), what);
      }
    },
  );

  law(
    "It is what it was when it was asked for, however the log goes on while it is told",
    { runs: 40, of: { renames: true }, drawn: questions(6), percent: 60 },
    async (player, drawn, { rest }) => {
      const { world } = player;
      const asked = drawn
        .filter(({ content }) => isThere(world, content))
        .map(({ shares, content, pieceBytes, count }) => {
          const { from } = boundsOf(world, shares);
          // Half of them to where the log ends for now.
          const span = count % 2 === 0 ? { from } : boundsOf(world, shares);
          const question = { content: withSnapshot(content, count), span, pieceBytes };
          return { question, expected: textsOf(world, question), telling: world.engine.past.log(question), text: "" };
        });
      // Who loses its memory breaks off what it tells.
      const steps = rest.filter(({ step }) => step !== "wake");
      await player.play(steps, () => {
        for (const each of asked) each.text += each.telling.pieces.next().value ?? "";
      });
      for (const { question, expected, telling, text } of asked) {
        const lines = linesOf([text, ...drawnFrom(telling.pieces)].join(""));
        expectEqual(lines.map(asText), expected, JSON.stringify(question));
      }
    },
  );
}

/** Now and then with the state where it begins. */
function withSnapshot(content: LogContent, chance: number): LogContent {
  return content.type === "events" && chance % 3 === 0 ? { ...content, snapshot: true } : content;
}

type FoldedRecord = FoldedLog["records"][number];

function eventsAsTold({ At: at, Sequence, Position, Events }: FoldedRecord): string {
  const place = { Sequence, Position, ExecutedAt: fromMicroseconds(at) };
  return `${at} 1 ${JSON.stringify({ Type: "EventMessageType_Update", Position: place, Updates: Events })}`;
}

function auditAsTold({ At: at, Position: ID, Events: _, ...rest }: FoldedRecord): object {
  return { ...rest, ID, Timestamp: fromMicroseconds(at) };
}

/** The trades among the events of a record; what was refused, or said again, raised none. */
function tradesAsTold({ Position, Updates }: Message): readonly object[] {
  const trades = Updates.filter(({ Action }) => Action?.Type === "ExternalActionType_Trade");
  return trades.map(({ Action }) => ({ ...Action, Position }));
}

interface Message {
  readonly Position: object;
  readonly Updates: readonly { readonly Action?: { readonly Type?: string } }[];
}
