import { describe, expect, test } from "vitest";
import { Ahead } from "../../src/api/ahead.ts";
import { arrayOf, joinedArrays } from "../../src/api/answers.ts";
import { LIMITS } from "../../src/protocol/limits.ts";

function streamOf(...chunks: readonly string[]): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    type: "bytes",
    start(controller) {
      for (const chunk of chunks.filter((each) => each !== "")) controller.enqueue(encoder.encode(chunk));
      controller.close();
    },
  });
}

async function* each<Item>(...items: readonly Item[]): AsyncGenerator<Item> {
  yield* items;
}

async function textOf(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const piece of pieces) text += decoder.decode(piece, { stream: true });
  return text;
}

const joined = (...streams: readonly ReadableStream<Uint8Array>[]) => textOf(joinedArrays(each(...streams)));

describe("many lists as one", () => {
  test("elements keep their order, and empty lists leave no trace", async () => {
    expect(await joined(streamOf("[1,2]"), streamOf("[]"), streamOf("[3]"))).toBe("[1,2,3]");
    expect(await joined(streamOf("[]"), streamOf("[1]"))).toBe("[1]");
    expect(await joined(streamOf("[1]"), streamOf("[]"))).toBe("[1]");
    expect(await joined(streamOf("[]"), streamOf("[]"))).toBe("[]");
    expect(await joined()).toBe("[]");
  });

  test("it does not matter where the chunks are cut", async () => {
    const list = '[{"a":"]["},{"b":[1,[2]]}]';
    for (let cut = 0; cut <= list.length; cut++) {
      const cutStream = streamOf(list.slice(0, cut), "", list.slice(cut));
      expect(await joined(streamOf("[0]"), cutStream, streamOf("[9]"))).toBe(`[0,${list.slice(1, -1)},9]`);
    }
    expect(await joined(streamOf(...list))).toBe(list);
  });

  test("a list in which line ends tell that its making goes on has its elements and no others", async () => {
    const cuts = [
      ["[", "\n\n1,2\n]"],
      ["[\n", "\n1", ",2\n", "]"],
      ["[\n\n1,2\n]"],
      ["[", "\n", "1", "\n", ",2", "\n", "]"],
    ];
    const nothing = [["[\n]"], ["[", "\n", "\n", "]"], ["[", "\n]"], ["[\n", "]"]];
    for (const cut of cuts) {
      for (const empty of nothing) {
        expect(JSON.parse(await joined(streamOf(...empty)))).toEqual([]);
        expect(JSON.parse(await joined(streamOf(...empty), streamOf(...cut)))).toEqual([1, 2]);
        expect(JSON.parse(await joined(streamOf(...cut), streamOf(...empty)))).toEqual([1, 2]);
        expect(JSON.parse(await joined(streamOf(...cut), streamOf(...empty), streamOf(...cut)))).toEqual([1, 2, 1, 2]);
      }
    }
  });

  test("a reader may go away while a list says nothing but that its making goes on", async () => {
    let turns = 0;
    const searching = new ReadableStream({
      type: "bytes",
      pull: (controller) => controller.enqueue(new TextEncoder().encode(turns++ === 0 ? "[" : "\n")),
      cancel: () => {
        turns = Number.NaN;
      },
    });
    const pieces = joinedArrays(each(searching));
    await pieces.next();
    await pieces.return(undefined);
    expect(turns).toBeNaN();
  });

  test.each([
    ["one that ends early", ["[1,", "2"]],
    ["one that has only begun", ["["]],
    ["nothing at all", []],
    ["what is no list", ['{"a":1}']],
  ])("never a short list: %s breaks the answer off", async (_what, chunks) => {
    await expect(joined(streamOf("[0]"), streamOf(...chunks))).rejects.toThrow(/list/);
  });

  test("a list that fails halfway breaks the answer off, and what came before was passed on", async () => {
    let pulls = 0;
    const failing = new ReadableStream({
      type: "bytes",
      pull(controller) {
        pulls++;
        if (pulls <= 2) controller.enqueue(new TextEncoder().encode(pulls === 1 ? "[1," : "2,"));
        else controller.error(new Error("reset"));
      },
    });
    const pieces = joinedArrays(each(streamOf("[0]"), failing));
    let text = "";
    const reading = (async () => {
      for await (const piece of pieces) text += new TextDecoder().decode(piece);
    })();
    await expect(reading).rejects.toThrow("reset");
    expect(text).toBe("[0,1,");
  });

  test("a reader that goes away lets go of the list being read", async () => {
    let cancelled = false;
    const endless = new ReadableStream({
      type: "bytes",
      pull: (controller) => controller.enqueue(new TextEncoder().encode("[1,1,1")),
      cancel: () => {
        cancelled = true;
      },
    });
    const pieces = joinedArrays(each(endless));
    await pieces.next();
    await pieces.next();
    await pieces.return(undefined);
    expect(cancelled).toBe(true);
  });

  test("texts become one list, without those that are not there", async () => {
    expect(await textOf(arrayOf(each("1", undefined, "2")))).toBe("[1,2]");
    expect(await textOf(arrayOf(each<string | undefined>(undefined)))).toBe("[]");
  });
});

describe("work ahead", () => {
  const items = Array.from({ length: 3 * LIMITS.QUESTIONS_AT_ONCE }, (_, index) => index);

  test("results come in order, whichever is ready first", async () => {
    const ahead = await Ahead.start(items, async (item) => {
      for (let turn = 0; turn < (item * 7) % 5; turn++) await Promise.resolve();
      return item * 2;
    });
    const results: number[] = [];
    for await (const result of ahead.results()) results.push(result);
    expect(results).toEqual(items.map((item) => item * 2));
  });

  test("no more is under way at a time than the limit", async () => {
    let underWay = 0;
    let most = 0;
    const ahead = await Ahead.start(items, async (item) => {
      most = Math.max(most, ++underWay);
      for (let turn = 0; turn < 100 - item; turn++) await Promise.resolve();
      underWay--;
    });
    for await (const _ of ahead.results());
    expect(most).toBe(LIMITS.QUESTIONS_AT_ONCE);
  });

  test("what fails at once fails before anything is answered, and the others are let go", async () => {
    const letGo: number[] = [];
    const starting = Ahead.start(
      [1, 2, 3],
      async (item) => {
        if (item === 2) throw new Error("reset");
        return item;
      },
      async (result) => {
        letGo.push(result);
      },
    );
    await expect(starting).rejects.toThrow("reset");
    expect(letGo).toEqual([1, 3]);
  });

  test("who leaves while a result is waited for has it let go, and nothing more is started", async () => {
    const letGo: number[] = [];
    const started: number[] = [];
    const last = LIMITS.QUESTIONS_AT_ONCE;
    const { promise, resolve } = Promise.withResolvers<void>();
    const ahead = await Ahead.start(
      items,
      async (item) => {
        started.push(item);
        if (item >= last) await promise;
        return item;
      },
      async (result) => {
        letGo.push(result);
      },
    );
    const results = ahead.results();
    for (let item = 0; item < last; item++) expect((await results.next()).value).toBe(item);
    const waiting = results.next();
    const leaving = ahead.cancel();
    resolve();
    await leaving;
    expect((await waiting).done).toBe(true);
    expect(letGo.sort((left, right) => left - right)).toEqual(started.filter((item) => item >= last));
    expect(started).toHaveLength(2 * LIMITS.QUESTIONS_AT_ONCE);
  });

  test("what fails later is told when its turn comes, and what was never taken is let go", async () => {
    const failing = LIMITS.QUESTIONS_AT_ONCE + 1;
    const letGo: number[] = [];
    const ahead = await Ahead.start(
      items,
      async (item) => {
        if (item === failing) throw new Error("reset");
        return item;
      },
      async (result) => {
        letGo.push(result);
      },
    );
    const taken: number[] = [];
    const taking = (async () => {
      for await (const result of ahead.results()) taken.push(result);
    })();
    await expect(taking).rejects.toThrow("reset");
    await ahead.cancel();
    expect(taken).toEqual(items.slice(0, failing));
    expect(letGo).toEqual(items.slice(failing + 1, failing + LIMITS.QUESTIONS_AT_ONCE));
  });
});
