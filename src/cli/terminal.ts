/** The world that the program runs in: its streams, and whether people sit at them. */
import { createInterface } from "node:readline/promises";
import type { Readable } from "node:stream";
import type { TableStyle } from "./output/table.ts";

/** A terminal that stdout is shown on, as large as it is now. */
export interface TerminalScreen {
  readonly stream: NodeJS.WriteStream;
  readonly rows: number;
  readonly style: TableStyle;
  onResize(listener: () => void): void;
}

export interface Terminal {
  readonly input: Readable;
  /** Where stdout is looked at; undefined where a program reads it. */
  readonly screen: TerminalScreen | undefined;
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
  const styleNow = (): TableStyle => ({
    ...(isScreen && stdout.columns > 0 && { width: stdout.columns }),
    colours: isScreen && !env.NO_COLOR && env.TERM !== "dumb",
  });
  return {
    input: stdin,
    screen: isScreen ? screenOn(stdout, styleNow) : undefined,
    style: styleNow(),
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

/** Rows of a terminal that does not tell. */
const USUAL_ROWS = 24;

function screenOn(stream: NodeJS.WriteStream, styleNow: () => TableStyle): TerminalScreen {
  return {
    stream,
    get rows() {
      return stream.rows > 0 ? stream.rows : USUAL_ROWS;
    },
    get style() {
      return styleNow();
    },
    onResize: (listener) => void stream.on("resize", listener),
  };
}
