/** Reads a CPU profile: which functions and which files cost the most. */
import type { WorkerBundle } from "../support/worker-bundle.ts";

interface CallFrame {
  readonly functionName: string;
  readonly url: string;
  /** From 0. */
  readonly lineNumber: number;
}

/** What `Profiler.stop` gives, as far as it is read here. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: CallFrame;
    readonly children?: readonly number[];
    /** Samples that found it at work. */
    readonly hitCount?: number;
  }[];
}

export interface Cost {
  readonly name: string;
  /** Its share of the samples, without what it called and with it. */
  readonly own: number;
  readonly total: number;
}

/** The costliest come first. */
export interface ProfileCost {
  readonly functions: readonly Cost[];
  readonly files: readonly Cost[];
}

/**
 * Counts samples, not the time between them: that of a thread which waits for a message, the disk or a processor would
 * be laid on what happened to run next.
 */
export function costOf({ nodes }: CpuProfile, bundle: WorkerBundle): ProfileCost {
  const fileAt = sourceMap(bundle);
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  const functions = new Tally();
  const files = new Tally();
  for (const { id, callFrame, hitCount = 0 } of nodes) {
    if (hitCount === 0 || callFrame.functionName === "(idle)") continue;
    const stack: CallFrame[] = [];
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
      const frame = byId.get(at)?.callFrame;
      if (frame !== undefined && frame.functionName !== "(root)") stack.push(frame);
    }
    functions.add(
      stack.map((frame) => `${frame.functionName || "(anonymous)"} ${placeOf(frame, fileAt)}`.trim()),
      hitCount,
    );
    files.add(
      stack.map((frame) => placeOf(frame, fileAt).replace(/:\d+$/, "") || frame.functionName || "(native)"),
      hitCount,
    );
  }
  return { functions: functions.costs(), files: files.costs() };
}

class Tally {
  readonly #own = new Map<string, number>();
  readonly #total = new Map<string, number>();
  #samples = 0;

  /** A stack, the innermost first, that was met in so many samples. */
  add(stack: readonly string[], samples: number): void {
    const [innermost] = stack;
    if (innermost === undefined) return;
    this.#samples += samples;
    this.#own.set(innermost, (this.#own.get(innermost) ?? 0) + samples);
    for (const name of new Set(stack)) this.#total.set(name, (this.#total.get(name) ?? 0) + samples);
  }

  costs(): readonly Cost[] {
    return [...this.#total]
      .map(([name, total]) => ({
        name,
        own: (this.#own.get(name) ?? 0) / this.#samples,
        total: total / this.#samples,
      }))
      .sort((left, right) => right.own - left.own);
  }
}

function placeOf({ url, lineNumber }: CallFrame, fileAt: (line: number) => Place | undefined): string {
  // The runtime's own modules, such as node-internal:buffer, are scripts of their own.
  const place = url.endsWith(".js") ? fileAt(lineNumber + 1) : undefined;
  return place === undefined ? url : `${place.file}:${place.line}`;
}

interface Place {
  readonly file: string;
  /** Within the file as it was bundled: its types are gone. */
  readonly line: number;
}

/** The bundler marks where each file begins. */
const FILE_BEGINS = /^\/\/ ((?:[\w@.-]+\/)+[\w.-]+\.[jt]s)$/;

function sourceMap({ options }: WorkerBundle): (line: number) => Place | undefined {
  const [main] = "modules" in options && Array.isArray(options.modules) ? options.modules : [];
  const begins: Place[] = [];
  const lines = typeof main?.contents === "string" ? main.contents.split("\n") : [];
  for (const [index, text] of lines.entries()) {
    const file = FILE_BEGINS.exec(text)?.[1];
    if (file !== undefined) begins.push({ file, line: index + 1 });
  }
  return (line) => {
    const found = begins.findLast((place) => place.line <= line);
    return found && { file: found.file, line: line - found.line };
  };
}
