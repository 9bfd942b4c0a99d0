/**
 * Random runs of questions, answers, losses and timeouts. First one step at a time against a plain model, which says
 * what every asker and every adapter is told; then many steps in a turn, whose order the inbox decides, held to what must
 * be true in any order. To look further: `QUERIES_SEED=7 QUERIES_RUNS=5000`. A seed that fails is printed.
 */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LIMITS } from "../../src/protocol/limits.ts";
import type { FeedQuery } from "../../src/protocol/messages/index.ts";
import { deposit } from "./actions.ts";
import { type Asked, answeredWith, ask, questionsTo, refusedWith, reply, settled } from "./questions.ts";
import { OWNER, type PlayedSocket, World } from "./world.ts";

const SEED = Number(process.env.QUERIES_SEED ?? 20261122);
const RUNS = Number(process.env.QUERIES_RUNS ?? 300);

/** How long an object has had nothing to do, at least, when it hibernates. */
const IDLE_MS = 10_000;

const FEEDS = ["asx", "nzx"] as const;
const SOCKETS = [0, 1, 2] as const;
type Feed = (typeof FEEDS)[number];

/** A step as it is drawn: questions are counted back from the last. */
type Drawn =
  | Exclude<Step, { readonly type: "answer" | "forget" }>
  | { readonly type: "forget" | "reply"; readonly back: number }
  | { readonly type: "stray"; readonly socket: number; readonly feed: Feed; readonly back: number };

type Step =
  | { readonly type: "ask"; readonly feed: Feed }
  | { readonly type: "open" | "close" | "fail"; readonly socket: number; readonly feed: Feed }
  /** The socket's client is gone, and connects anew. */
  | { readonly type: "lose"; readonly socket: number }
  /** Whoever was asked: any socket may answer any question, of any feed. */
  | { readonly type: "answer"; readonly socket: number; readonly feed: Feed; readonly question: number }
  | { readonly type: "pass"; readonly milliseconds: number }
  | { readonly type: "forget"; readonly question: number }
  /** The object loses its memory, which it may when nothing is under way. */
  | { readonly type: "hibernate" };

const anyFeed = fc.constantFrom(...FEEDS);
const anySocket = fc.constantFrom(...SOCKETS);
const anyQuestion = fc.nat({ max: 8 });

const anyStep: fc.Arbitrary<Drawn> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ type: fc.constant("ask" as const), feed: anyFeed }) },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constantFrom("open" as const, "open" as const, "close" as const, "fail" as const),
      socket: anySocket,
      feed: anyFeed,
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("lose" as const), socket: anySocket }) },
  { weight: 6, arbitrary: fc.record({ type: fc.constant("reply" as const), back: anyQuestion }) },
  {
    weight: 3,
    arbitrary: fc.record({ type: fc.constant("stray" as const), socket: anySocket, feed: anyFeed, back: anyQuestion }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant("pass" as const),
      milliseconds: fc.constantFrom(1, 1000, LIMITS.QUERY_TIMEOUT_MS / 2, LIMITS.QUERY_TIMEOUT_MS),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("forget" as const), back: anyQuestion }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("hibernate" as const) }) },
);
const anySteps = fc.array(anyStep, { minLength: 20, maxLength: 60, size: "max" });

/** How every run begins: both feeds are supplied, and for one of them somebody stands by. */
const BEGINNING: readonly Drawn[] = [
  { type: "open", socket: 0, feed: "asx" },
  { type: "open", socket: 1, feed: "nzx" },
  { type: "open", socket: 2, feed: "asx" },
];

/** The engine, its adapters and its askers. Questions are told apart by their tags: the places in `asked`. */
class Scene {
  readonly world = new World();
  readonly asked: Asked[] = [];
  readonly #feeds: Feed[] = [];
  sockets: PlayedSocket[] = SOCKETS.map(() => this.#connect());
  /** All sockets that there ever were. */
  readonly everyone: PlayedSocket[] = [...this.sockets];

  #connect(): PlayedSocket {
    return this.world.connect({ feeds: FEEDS });
  }

  /** The step that is meant: a reply is an answer of the very socket that was asked, if it is still connected. */
  meant(drawn: Drawn): Step {
    switch (drawn.type) {
      case "forget":
        return { type: "forget", question: this.#backFromLast(drawn.back) };
      case "stray":
        return { type: "answer", socket: drawn.socket, feed: drawn.feed, question: this.#backFromLast(drawn.back) };
      case "reply": {
        const question = this.#backFromLast(drawn.back);
        const isAsked = ({ Query }: { Query: FeedQuery }) => Query.Tag === String(question);
        const socket = this.sockets.findIndex((each) => questionsTo(each).some(isAsked));
        return { type: "answer", socket: Math.max(socket, 0), feed: this.#feeds[question] ?? "asx", question };
      }
      default:
        return drawn;
    }
  }

  #backFromLast(back: number): number {
    return Math.max(0, this.asked.length - 1 - back);
  }

  perform(step: Step): void {
    const { world } = this;
    switch (step.type) {
      case "ask":
        this.#feeds.push(step.feed);
        this.asked.push(ask(world, { Tag: String(this.asked.length) }, { feed: step.feed }));
        return;
      case "open":
      case "close":
        this.#frame(step.socket, step.type === "open" ? "Open" : "Close", step.feed);
        return;
      case "fail":
        // Without a position: it is not taken.
        this.#frame(step.socket, "Action", step.feed, deposit(OWNER, "D", 1));
        return;
      case "lose": {
        world.engine.lose(this.#socket(step.socket).id);
        this.sockets[step.socket] = this.#connect();
        this.everyone.push(this.#socket(step.socket));
        return;
      }
      case "answer":
        reply(
          world,
          this.#socket(step.socket),
          responseTo(step.question),
          this.numberOf(step.question) ?? 1,
          step.feed,
        );
        return;
      case "pass":
        world.pass(step.milliseconds);
        return;
      case "forget":
        world.engine.queries.forget(this.asked[step.question]?.id ?? "");
        return;
      case "hibernate":
        if (this.asked.some(({ answer }) => answer === undefined)) return;
        world.pass(IDLE_MS);
        world.wake();
    }
  }

  /** The number under which a question was put to an adapter. */
  numberOf(question: number): number | undefined {
    const all = this.everyone.flatMap(questionsTo);
    return all.find(({ Query }) => Query.Tag === String(question))?.RequestID;
  }

  #socket(index: number): PlayedSocket {
    const socket = this.sockets[index];
    if (socket === undefined) throw new Error(`no socket ${index}`);
    return socket;
  }

  #frame(socket: number, type: string, feed: Feed, content: object = {}): void {
    this.world.feed(this.#socket(socket), type, undefined, { ...content, Position: { Sequence: feed } });
  }
}

const responseTo = (question: number) => ({ Tag: String(question) });

/** Whoever has to do with a feed, by the numbers of their connections. */
interface Place {
  supplier: number | undefined;
  standby: number[];
  ended: number[];
}

interface Question {
  readonly feed: Feed;
  /** The connection that was asked; undefined when nobody was. */
  readonly of: number | undefined;
  readonly due: number;
  outcome: object | undefined;
}

/** What must come to pass, told as plainly as can be. Connections are numbered as they come. */
class Model {
  readonly places: Readonly<Record<Feed, Place>> = {
    asx: { supplier: undefined, standby: [], ended: [] },
    nzx: { supplier: undefined, standby: [], ended: [] },
  };
  readonly heardOf = new Set<Feed>();
  readonly questions: Question[] = [];
  /** What each connection is told to be wrong. Numbers of questions are their places here. */
  readonly errors: string[][] = SOCKETS.map(() => []);
  readonly connections: number[] = [...SOCKETS];
  now = 0;

  perform(step: Step): void {
    switch (step.type) {
      case "ask":
        this.#ask(step.feed);
        return;
      case "open":
        this.#open(this.#connection(step.socket), step.feed);
        return;
      case "close":
        if (this.#mayAct(step)) this.#leave(this.#connection(step.socket), step.feed);
        return;
      case "fail": {
        if (!this.#mayAct(step)) return;
        const connection = this.#connection(step.socket);
        this.#tell(connection, "Field.Invalid Feed.Position.Position");
        this.#leave(connection, step.feed);
        this.places[step.feed].ended.push(connection);
        return;
      }
      case "lose":
        for (const feed of FEEDS) this.#leave(this.#connection(step.socket), feed);
        this.connections[step.socket] = this.errors.length;
        this.errors.push([]);
        return;
      case "answer":
        if (this.#mayAct(step)) this.#answer(this.#connection(step.socket), step.feed, step.question);
        return;
      case "pass":
        this.now += step.milliseconds;
        for (const question of this.questions) {
          if (question.due <= this.now) question.outcome ??= refusedWith(`Timeout ${question.feed}`);
        }
        return;
      case "forget": {
        const question = this.questions[step.question];
        if (question !== undefined) question.outcome ??= refusedWith(`Timeout ${question.feed}`);
        return;
      }
      case "hibernate":
        if (this.open === 0) this.now += IDLE_MS;
        return;
    }
  }

  get open(): number {
    return this.questions.filter(({ outcome }) => outcome === undefined).length;
  }

  #ask(feed: Feed): void {
    const { supplier } = this.places[feed];
    const refusal = this.heardOf.has(feed) ? `Feed.Offline ${feed}` : "Unknown";
    const outcome = supplier === undefined ? refusedWith(refusal) : undefined;
    this.questions.push({ feed, of: supplier, due: this.now + LIMITS.QUERY_TIMEOUT_MS, outcome });
  }

  #open(connection: number, feed: Feed): void {
    const place = this.places[feed];
    place.standby = place.standby.filter((other) => other !== connection);
    place.ended = place.ended.filter((other) => other !== connection);
    this.heardOf.add(feed);
    if (place.supplier === undefined) place.supplier = connection;
    else if (place.supplier !== connection) place.standby.push(connection);
  }

  #leave(connection: number, feed: Feed): void {
    const place = this.places[feed];
    place.standby = place.standby.filter((other) => other !== connection);
    place.ended = place.ended.filter((other) => other !== connection);
    if (place.supplier !== connection) return;
    place.supplier = place.standby.shift();
    for (const question of this.questions) {
      if (question.of === connection && question.feed === feed) question.outcome ??= refusedWith(`Feed.Lost ${feed}`);
    }
  }

  #answer(connection: number, feed: Feed, place: number): void {
    const question = this.questions[place];
    if (question?.of === connection && question.feed === feed && question.outcome === undefined) {
      question.outcome = answeredWith(responseTo(place));
    } else this.#tell(connection, `Query.Unknown ${question?.of === undefined ? "of nobody" : place}`);
  }

  /** Whether a connection supplies a feed; if it does not, it is told so, unless it knows. */
  #mayAct({ socket, feed }: { readonly socket: number; readonly feed: Feed }): boolean {
    const connection = this.#connection(socket);
    const { supplier, ended } = this.places[feed];
    if (supplier === connection) return true;
    if (!ended.includes(connection)) this.#tell(connection, `Feed.Suspended ${feed}`);
    return false;
  }

  #tell(connection: number, error: string): void {
    this.errors[connection]?.push(error);
  }

  #connection(socket: number): number {
    const connection = this.connections[socket];
    if (connection === undefined) throw new Error(`no socket ${socket}`);
    return connection;
  }
}

/** What the sockets were told to be wrong, with the model's numbers of questions in place of the server's. */
function errorsOf(scene: Scene): readonly (readonly string[])[] {
  const places = new Map(scene.asked.map((_, place) => [`Query.Unknown ${scene.numberOf(place)}`, place]));
  return scene.everyone.map(({ errors }) =>
    errors.map((error) => {
      const place = places.get(error);
      return error === "Query.Unknown 1" || place === undefined
        ? error.replace(/^Query.Unknown 1$/, "Query.Unknown of nobody")
        : `Query.Unknown ${place}`;
    }),
  );
}

describe("random questions, answers, losses and timeouts", () => {
  test(`one at a time: everybody is told what the model says, after every step [seed ${SEED}, ${RUNS} runs]`, {
    timeout: 0,
  }, () => {
    const check = fc.asyncProperty(anySteps, async (steps) => {
      const scene = new Scene();
      const model = new Model();
      for (const drawn of [...BEGINNING, ...steps]) {
        const step = scene.meant(drawn);
        scene.perform(step);
        model.perform(step);
        await settled(scene.world);
        expect(scene.asked.map(({ answer }) => answer)).toEqual(model.questions.map(({ outcome }) => outcome));
        expect(errorsOf(scene)).toEqual(model.errors);
        expect(scene.world.timeouts.size).toBe(model.open);
      }
      const asked = scene.everyone.map((socket) => questionsTo(socket).map(({ Query }) => Number(Query.Tag)));
      const expected = model.errors.map((_, connection) =>
        model.questions.flatMap(({ of }, place) => (of === connection ? [place] : [])),
      );
      expect(asked).toEqual(expected);
      expect(scene.world.reported).toEqual([]);
    });
    return fc.assert(check, { seed: SEED, numRuns: RUNS });
  });

  test(`many in a turn: each is asked once at most, and settled once [seed ${SEED}, ${RUNS} runs]`, {
    timeout: 0,
  }, () => {
    const check = fc.asyncProperty(anySteps, fc.array(fc.nat({ max: 2 })), async (steps, turnsAfter) => {
      const scene = new Scene();
      for (const [index, drawn] of [...BEGINNING, ...steps].entries()) {
        scene.perform(scene.meant(drawn));
        for (let turn = turnsAfter[index % turnsAfter.length] ?? 0; turn > 0; turn--) scene.world.turn();
        // Those who wait are told, and nothing else happens.
        await Promise.resolve();
      }
      await settled(scene.world);
      scene.world.pass(LIMITS.QUERY_TIMEOUT_MS);
      await settled(scene.world);
      expect(scene.world.timeouts.size).toBe(0);
      expect(scene.world.reported).toEqual([]);
      const put = scene.everyone.flatMap(questionsTo).map(({ Query }) => Query.Tag);
      expect(new Set(put).size).toBe(put.length);
      for (const [place, { answer }] of scene.asked.entries()) {
        const wasPut = put.includes(String(place));
        if (answer === undefined) throw new Error(`question ${place} was never settled`);
        if ("response" in answer) expect(answer).toEqual(answeredWith(responseTo(place)));
        else
          expect(answer.errors[0]).toMatch(
            wasPut ? /^(?:Feed\.Lost|Timeout) / : /^(?:Feed\.Offline |Timeout |Unknown$)/,
          );
        if ("response" in answer) expect(wasPut).toBe(true);
      }
    });
    return fc.assert(check, { seed: SEED, numRuns: RUNS });
  });
});
