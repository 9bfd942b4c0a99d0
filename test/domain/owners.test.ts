/** Owners: what their definition must say, and what renaming one does. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { changesOf } from "../../src/domain/event-records.ts";
import { abbreviate, parseStoredRecord } from "../../src/domain/log-record.ts";
import { KINDS, SYSTEM_SEQUENCE } from "../../src/domain/records.ts";
import { decodeText } from "../../src/protocol/codec.ts";
import { LIMITS } from "../../src/protocol/limits.ts";
import { UpdateEvent } from "../../src/protocol/messages/index.ts";
import { Given } from "./given.ts";
import { anyRun, perform } from "./support/arbitraries.ts";
import { type Book, WarmBook, WrittenBook } from "./support/book.ts";
import { Owner } from "./support/owner.ts";
import { scenario } from "./support/registry.ts";
import { expectOrderOfEvents } from "./support/replica.ts";

const longest = "x".repeat(LIMITS.OWNER_ID_CHARACTERS);
const define = (details: object) => ["DefineOwner", { OwnerDetails: { OwnerID: "XS", ...details } }] as const;
const rename = (OwnerID?: string, newOwner?: string) =>
  [
    "TransformOwner",
    { OwnerTransform: { OwnerID, ...(newOwner !== undefined && { Parameters: { newOwner } }) } },
  ] as const;

describe("what an Owner must say", () => {
  scenario("a name as long as it may be, and a route to a feed for each of its destinations", (registry) => {
    registry.common(...define({ OwnerID: longest, Destinations: [{ ExDestination: "bank", Route: "bank" }] }));
    expect(registry.all("owner")).toHaveLength(1);
  });

  scenario("each refusal names the field", ({ refusesCommon }) => {
    const destinations = (...Destinations: object[]) => define({ Destinations });
    const bank = { ExDestination: "bank", Route: "bank" };
    for (const OwnerID of [`${longest}x`, "a/b", "a@b", "."]) {
      refusesCommon("Field.Invalid Operation.OwnerDetails.OwnerID", ...define({ OwnerID }));
    }
    const at = "Operation.OwnerDetails.Destinations";
    refusesCommon(`Field.Missing ${at}[0].ExDestination`, ...destinations({ Route: "bank" }));
    refusesCommon(`Field.Invalid ${at}[1].ExDestination`, ...destinations(bank, { ...bank, Route: "other" }));
    refusesCommon(`Field.Missing ${at}[0].Route`, ...destinations({ ExDestination: "bank" }));
    for (const Route of ["a/b", "oms", "system", "x".repeat(LIMITS.FEED_NAME_CHARACTERS + 1)]) {
      refusesCommon(`Field.Invalid ${at}[0].Route`, ...destinations({ ...bank, Route }));
    }
  });

  scenario("places that the platform knows, and no others", ({ common, refusesCommon }) => {
    const hints = ["wnam", "enam", "sam", "weur", "eeur", "apac", "apac-ne", "apac-se", "oc", "afr", "me"];
    for (const LocationHint of hints) common(...define({ Metadata: { LocationHint } }));
    for (const LocationHint of ["", "EU", "mars"]) {
      refusesCommon(
        "Field.Invalid Operation.OwnerDetails.Metadata.LocationHint",
        ...define({ Metadata: { LocationHint } }),
      );
    }
    for (const Jurisdiction of ["eu", "fedramp"])
      common(...define({ OwnerID: Jurisdiction, Metadata: { Jurisdiction } }));
    for (const Jurisdiction of ["", "EU", "us"]) {
      const refused = define({ OwnerID: "new", Metadata: { Jurisdiction } });
      refusesCommon("Field.Invalid Operation.OwnerDetails.Metadata.Jurisdiction", ...refused);
    }
  });

  scenario("the jurisdiction that it was first given, until it is undefined", ({ common, refusesCommon }) => {
    const text = "Field.Invalid Operation.OwnerDetails.Metadata.Jurisdiction";
    common(...define({ Metadata: { Jurisdiction: "eu" } }));
    common(...define({ Name: "Anew", Metadata: { Jurisdiction: "eu", LocationHint: "weur" } }));
    refusesCommon(text, ...define({ Metadata: { Jurisdiction: "fedramp" } }));
    refusesCommon(text, ...define({}));
    common("UndefineOwner", { OwnerDetails: { OwnerID: "XS" } });
    common(...define({}));
    refusesCommon(text, ...define({ Metadata: { Jurisdiction: "eu" } }));
  });
});

describe("renaming an Owner", () => {
  scenario("moves its details to the new name", (registry) => {
    registry.common(...define({ Name: "First" }));
    registry.common(...rename("XS", "YT"));
    expect(registry.events()).toEqual([
      [...rename("XS", "YT")],
      ["DefineOwner", { OwnerDetails: { OwnerID: "YT", Name: "First" } }],
    ]);
    expect(registry.all("owner")).toEqual([{ OwnerID: "YT", Name: "First" }]);
  });

  scenario("frees the old name", (registry) => {
    registry.common(...define({}));
    registry.common(...rename("XS", "YT"));
    registry.refusesCommon("Owner.Unknown XS", ...rename("XS", "ZU"));
    registry.common(...define({ Name: "Another" }));
    expect(registry.all("owner")).toHaveLength(2);
  });

  scenario("is refused when it cannot be done", ({ common, refusesCommon }) => {
    const parameter = "Operation.OwnerTransform.Parameters.newOwner";
    common(...define({}));
    common(...define({ OwnerID: "YT" }));
    refusesCommon("Owner.Unknown ZU", ...rename("ZU", "VW"));
    refusesCommon("Owner.Taken YT", ...rename("XS", "YT"));
    refusesCommon("Owner.Taken XS", ...rename("XS", "XS"));
    for (const name of ["", "a/b", `${longest}x`]) refusesCommon(`Field.Invalid ${parameter}`, ...rename("XS", name));
    refusesCommon(`Field.Missing ${parameter}`, ...rename("XS"));
    refusesCommon("Field.Missing Operation.OwnerTransform.OwnerID", ...rename(undefined, "VW"));
    refusesCommon("Field.Missing Operation.OwnerTransform", "TransformOwner");
    common(...rename("XS", longest));
  });

  const SEED = 20260105;
  test(`puts the new name on every live record, each told of once, and changes nothing else [seed ${SEED}]`, () => {
    const check = fc.property(anyRun, fc.boolean(), (calls, isWritten) => {
      const book = isWritten ? new WrittenBook() : new WarmBook();
      const given = new Given(book);
      for (const call of calls) perform(given, call);
      const owner = new Owner(book);
      const details = { OwnerID: "XS" };
      owner.apply([operation("DefineOwner", { OwnerDetails: details })]);
      const before = recordsOf(book);
      const [answer] = owner.apply([operation(...rename("XS", "YT"))]);
      if (answer?.refused !== undefined || answer === undefined) throw new Error("it is renamed");

      const expected = before
        .map(([name, text]) => [
          name.replace("owner XS", "owner YT"),
          text.replaceAll('"OwnerID":"XS"', '"OwnerID":"YT"'),
        ])
        .sort();
      expect(recordsOf(book)).toEqual(expected);
      expectOrderOfEvents(answer.events);
      const carriers = before.filter(([name = ""]) => /^(account|balance|holding|order) /.test(name));
      expect(answer.events).toHaveLength(carriers.length + 2);

      const line = {
        At: answer.at,
        Sequence: SYSTEM_SEQUENCE,
        Position: 1,
        Update: answer.update,
        Events: answer.events,
      };
      const laidOver = new Map(before);
      const stored = parseStoredRecord(JSON.stringify(abbreviate(JSON.parse(JSON.stringify(line)))));
      for (const { kind, key, state } of changesOf(stored)) {
        if (state === null) laidOver.delete(`${kind} ${key}`);
        else laidOver.set(`${kind} ${key}`, state);
      }
      expect([...laidOver].sort()).toEqual(expected);
    });
    return fc.assert(check, { seed: SEED, numRuns: 20 });
  });
});

function operation(Type: string, content: object) {
  const update = decodeText(UpdateEvent, JSON.stringify({ Type: "Operation", Operation: { Type, ...content } }));
  return { update, conditions: { common: true } };
}

/** Every record with its name, in order of the names. */
function recordsOf(book: Book): (readonly [string, string])[] {
  return KINDS.flatMap((kind) =>
    [...book.all(kind)].map(([key, value]) => [`${kind} ${key}`, JSON.stringify(value)] as const),
  ).sort();
}
