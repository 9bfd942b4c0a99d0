import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url).href);
const MOST_LINES = 500;

/**
 * What each room may import besides itself: `protocol ← domain ← storage ← owner ← system ← api ← worker`. The System is
 * an Owner's commit loop over other records, and what brings them to the Owners: so it knows them, and they not it.
 */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  protocol: [],
  domain: ["protocol"],
  storage: ["protocol", "domain"],
  // How logs and figures are written: it knows nothing of what they are about.
  operations: [],
  owner: ["protocol", "domain", "storage", "operations"],
  system: ["protocol", "domain", "storage", "operations", "owner"],
  api: ["protocol", "domain", "storage", "operations", "owner", "system"],
  "worker.ts": ["protocol", "domain", "storage", "operations", "owner", "system", "api"],
  client: ["protocol", "domain/fold.ts"],
  cli: ["protocol", "client"],
  dashboard: ["protocol", "client"],
};

/** The thin shells that the platform instantiates or calls. Everything else is testable without it. */
const PLATFORM_SHELLS = ["src/owner/owner.ts", "src/system/system.ts", "src/worker.ts"];

interface Source {
  /** From the project's root: `src/domain/orders.ts`. */
  readonly path: string;
  readonly text: string;
  /** Files by their path from the project's root, packages by their name. */
  readonly imports: readonly string[];
}

function sourcesIn(folder: string): readonly Source[] {
  return filesIn(join(ROOT, folder)).map((file) => {
    const text = readFileSync(file, "utf8");
    const imports = specifiersOf(text).map((specifier) =>
      specifier.startsWith(".") ? relative(ROOT, join(dirname(file), specifier)) : specifier,
    );
    return { path: relative(ROOT, file), text, imports };
  });
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && entry.name !== "worker-configuration.d.ts")
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** What a text imports, types included. The formatter guarantees that such a statement begins a line. */
function specifiersOf(text: string): readonly string[] {
  const forms = [
    /^(?:import|export)\s[^"';]*?\bfrom\s+"([^"]+)"/gm,
    /^import\s+"([^"]+)"/gm,
    /\bimport\(\s*"([^"]+)"/g,
  ];
  return forms.flatMap((form) => [...text.matchAll(form)].map(([, specifier = ""]) => specifier));
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|\s)\/\/.*$/gm, "$1");
}

/** The room of a path: `domain` for `src/domain/orders.ts`, `worker.ts` for `src/worker.ts`. */
function roomOf(path: string): string {
  return path.split("/")[1] ?? "";
}

function mayImport(from: string, to: string): boolean {
  const [room, target] = [roomOf(from), roomOf(to)];
  const allowed = MAY_IMPORT[room] ?? [];
  return room === target || allowed.includes(target) || allowed.includes(to.slice("src/".length));
}

/** The files on a circle of imports, if there is one. */
function cycleIn(sources: readonly Source[]): readonly string[] | undefined {
  const importsOf = new Map(sources.map(({ path, imports }) => [path, imports]));
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): readonly string[] | undefined => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path];
    if (done.has(path)) return undefined;
    for (const imported of importsOf.get(path) ?? []) {
      const cycle = visit(imported, [...trail, path]);
      if (cycle !== undefined) return cycle;
    }
    done.add(path);
    return undefined;
  };
  for (const path of importsOf.keys()) {
    const cycle = visit(path, []);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}

const sources = sourcesIn("src");
const everything = [...sources, ...sourcesIn("test"), ...sourcesIn("scripts")];
const isFile = (imported: string): boolean => imported.startsWith("src/");

describe("the house (design §2)", () => {
  it("reads imports of every form", () => {
    const text = [
      'import { a } from "./a.ts";',
      "import {",
      "  b,",
      '} from "./b.ts";',
      'export * from "./c.ts";',
      'import type { D } from "./d.ts";',
      'import "./e.ts";',
      'const f = await import("./f.ts");',
    ].join("\n");
    expect([...specifiersOf(text)].sort()).toEqual(["a", "b", "c", "d", "e", "f"].map((name) => `./${name}.ts`));
  });

  it("has a rule for every room", () => {
    const rooms = new Set(sources.map(({ path }) => roomOf(path)));
    expect([...rooms].filter((room) => MAY_IMPORT[room] === undefined)).toEqual([]);
    expect(rooms).toContain("protocol");
  });

  it("lets imports point one way", () => {
    const violations = sources.flatMap(({ path, imports }) =>
      imports.filter((to) => isFile(to) && !mayImport(path, to)).map((to) => `${path} imports ${to}`),
    );
    expect(violations).toEqual([]);
  });

  it("has no circle of imports", () => {
    expect(cycleIn(everything)).toBeUndefined();
    const one = { path: "src/a.ts", text: "", imports: ["src/b.ts"] };
    const two = { path: "src/b.ts", text: "", imports: ["src/a.ts"] };
    expect(cycleIn([one, two])).toEqual(["src/a.ts", "src/b.ts", "src/a.ts"]);
  });

  it("keeps tests and scripts out of what is deployed", () => {
    const violations = sources.filter(({ imports }) => imports.some((to) => /^(test|scripts|\.\.)\//.test(to)));
    expect(violations.map(({ path }) => path)).toEqual([]);
  });

  it("keeps the domain free of the clock, chance, I/O and the platform", () => {
    const impure =
      /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bcrypto\b|\bset(?:Timeout|Interval|Immediate)\b|\bqueueMicrotask\b|\bperformance\b|\bfetch\(|\bconsole\b|\basync\b|\bawait\b|\bPromise\b/;
    const domain = sources.filter(({ path }) => roomOf(path) === "domain");
    expect(domain.filter(({ text }) => impure.test(withoutComments(text))).map(({ path }) => path)).toEqual([]);
    const packages = domain.flatMap(({ path, imports }) =>
      imports.filter((to) => !isFile(to)).map((to) => `${path} imports ${to}`),
    );
    expect(packages).toEqual([]);
  });

  it("lets only the thin shells import the platform", () => {
    const importers = sources.filter(({ imports }) => imports.some((to) => to.startsWith("cloudflare:")));
    expect(importers.map(({ path }) => path).filter((path) => !PLATFORM_SHELLS.includes(path))).toEqual([]);
  });

  it("takes nothing from Node but the hashes and byte counts of the storage, outside the command line", () => {
    const violations = sources
      .filter(({ path }) => roomOf(path) !== "cli")
      .flatMap(({ path, imports }) => imports.filter((to) => to.startsWith("node:")).map((to) => ({ path, to })))
      .filter(({ path, to }) => !((to === "node:crypto" || to === "node:buffer") && roomOf(path) === "storage"));
    expect(violations).toEqual([]);
    const globals = /\b(?:process|__dirname|__filename|setImmediate)\b[.(]/;
    const users = sources.filter(({ path, text }) => roomOf(path) !== "cli" && globals.test(withoutComments(text)));
    expect(users.map(({ path }) => path)).toEqual([]);
  });

  it(`has no file of more than ${MOST_LINES} lines`, () => {
    const long = everything.map(({ path, text }) => ({ path, lines: text.split("\n").length - 1 }));
    expect(long.filter(({ lines }) => lines > MOST_LINES)).toEqual([]);
  });
});
