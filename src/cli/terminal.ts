/** The world that the program runs in: its streams, and whether people sit at them. */
import { createInterface } from "node:readline/promises";
import type { Readable } from "node:stream";
import type { TableStyle } from "./output/table.ts";

export interface Terminal {
  readonly input: Readable;
  /** Whether what is written to stdout is looked at, and not read by a program. */
  readonly isScreen: boolean;
  readonly style: TableStyle;
  /** Writes to stdout, and resolves when more may come. */
  write(text: string): Promise<void>;
  /** Tells people something, on stderr. */
  tell(line: string): void;
  /** Where progress is shown; undefined where nobody looks. */
  readonly progress: NodeJS.WritableStream | undefined;
  /** Asks a question; undefined when there is nobody to answer it. */
  ask(question: string): Promise<string | undefined>;
}

/** This process's own streams. */
export function processTerminal(): Terminal {
  const { stdin, stdout, stderr, env } = process;
  const isScreen = stdout.isTTY === true;
  return {
    input: stdin,
    isScreen,
    style: {
      ...(isScreen && stdout.columns > 0 && { width: stdout.columns }),
      colours: isScreen && !env.NO_COLOR && env.TERM !== "dumb",
    },
    progress: stderr.isTTY === true ? stderr : undefined,
    write: (text) => new Promise((resolve) => (stdout.write(text) ? resolve() : stdout.once("drain", resolve))),
    tell: (line) => void stderr.write(`${line}\n`),
    async ask(question) {
      if (stdin.isTTY !== true) return undefined;
      const lines = createInterface({ input: stdin, output: stderr });
      try {
        return await lines.question(question);
      } finally {
        lines.close();
      }
    },
  };
}
