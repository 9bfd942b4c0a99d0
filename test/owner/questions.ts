/** Questions to adapters, as they are asked of an engine on Node, and how adapters on played sockets meet them. */
import type { FeedAnswer, FeedQuestion } from "../../src/owner/rpc.ts";
import type { FeedQuery } from "../../src/protocol/messages/index.ts";
import { GENERATION } from "./defined.ts";
import { OWNER, type PlayedSocket, type World } from "./world.ts";

/** A question, and what its asker was told; undefined while there is no answer. */
export interface Asked {
  readonly id: string;
  answer: FeedAnswer | undefined;
}

/** Asks. What comes of it is there after the next `await`. */
export function ask(world: World, query: FeedQuery = {}, options: Partial<FeedQuestion> = {}): Asked {
  const asked: Asked = { id: crypto.randomUUID(), answer: undefined };
  const question = { id: asked.id, feed: "asx", query: JSON.stringify({ Type: "Depth", ...query }), ...options };
  world.engine.query({ ownerId: OWNER, generation: GENERATION }, question).then(
    (answer) => {
      if (asked.answer !== undefined) throw new Error("answered twice");
      asked.answer = answer;
    },
    (error) => {
      throw error;
    },
  );
  return asked;
}

/** Lets everything happen that can happen now, and those who wait be told of it. */
export async function settled(world: World): Promise<void> {
  world.settle();
  await new Promise((resolve) => setImmediate(resolve));
}

/** The questions that a socket was asked, in order. */
export function questionsTo(socket: PlayedSocket): readonly { RequestID: number; Query: FeedQuery }[] {
  return socket.messages.flatMap(({ Feed }) => (Feed?.Type === "FeedEventType_Query" ? [Feed] : []));
}

/** Answers a question; by default the last that the socket was asked. */
export function reply(
  world: World,
  socket: PlayedSocket,
  QueryResponse: object,
  RequestID = questionsTo(socket).at(-1)?.RequestID,
  Sequence = "asx",
): void {
  world.feed(socket, "QueryResponse", undefined, { RequestID, QueryResponse, Position: { Sequence } });
}

/** Why there is no answer. */
export const refusedWith = (...errors: readonly string[]) => ({ errors });
/** What the adapter answered. */
export const answeredWith = (response: object) => ({ response: JSON.stringify(response) });
