/** An array in protobuf: a run of messages, each with its length before it. */
import { BinaryReader } from "@bufbuild/protobuf/wire";
import type { MessageSchema } from "../declaration.ts";
import { readable, written } from "./codec.ts";
import { messageWriter } from "./encoder.ts";

/** The bytes of each message of a run. Throws Refusal `Message.Unreadable` when it is cut short. */
export function messagesIn(run: Uint8Array): readonly Uint8Array[] {
  return readable(() => {
    const reader = new BinaryReader(run);
    const messages: Uint8Array[] = [];
    while (reader.pos < run.length) messages.push(reader.bytes());
    return messages;
  });
}

/** A run of messages that are known as the JSON texts that the system itself wrote. */
export function runOfTexts(schema: MessageSchema, texts: readonly string[]): Uint8Array {
  const write = messageWriter(schema);
  return written((writer) => {
    for (const text of texts) {
      writer.fork();
      write(writer, JSON.parse(text));
      writer.join();
    }
  });
}
