/** Adapters on real sockets that are asked questions. */
import type { FeedEvent, FeedQuery } from "../../src/protocol/messages/index.ts";
import type { Client } from "../owner/client.ts";

/** The questions that a client has been asked, once there are so many. */
export async function questionsTo(client: Client, count: number): Promise<readonly FeedEvent[]> {
  await client.until(() => client.feedEvents("Query").length >= count);
  return client.feedEvents("Query");
}

/** Answers a question. */
export function reply(client: Client, { RequestID, Position }: FeedEvent, QueryResponse: object): void {
  client.feed(Position?.Sequence ?? "", "QueryResponse", undefined, { RequestID, QueryResponse });
}

/** Answers every question that a client is asked from now on, until its socket is closed. */
export function answerAll(client: Client, responseTo: (query: FeedQuery) => object): void {
  const answering = async () => {
    for (let asked = client.feedEvents("Query").length; ; asked++) {
      const question = (await questionsTo(client, asked + 1))[asked];
      if (question?.Query !== undefined) reply(client, question, responseTo(question.Query));
    }
  };
  answering().catch(() => undefined);
}
