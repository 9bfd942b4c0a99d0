/** The dashboard, from `src/dashboard/` into `dist/assets/`: a page, and beside it files named by their content. */
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { schemasWithoutParser } from "./schemas.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url).href);
const SOURCE = "src/dashboard";
const ENTRIES = [`${SOURCE}/main.tsx`, `${SOURCE}/style/main.css`, `${SOURCE}/icon.svg`];

const ASSETS = fileURLToPath(new URL("../../dist/assets", import.meta.url).href);
const FOLDER = `${ASSETS}/dashboard`;

/** The files of the page, in memory. Throws when a source cannot be read or compiled. */
export function bundleDashboard() {
  return build({
    absWorkingDir: ROOT,
    entryPoints: ENTRIES,
    outdir: FOLDER,
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    loader: { ".svg": "copy" },
    bundle: true,
    splitting: true,
    format: "esm",
    target: "es2022",
    minify: true,
    legalComments: "none",
    charset: "utf8",
    jsx: "automatic",
    jsxImportSource: "preact",
    metafile: true,
    write: false,
    logLevel: "warning",
    plugins: [schemasWithoutParser],
  });
}

/**
 * Builds it anew. What has not changed keeps its name and is not touched, so that a server may go on serving it.
 * Throws when a source cannot be read or compiled.
 */
export async function buildDashboard(): Promise<void> {
  const { metafile, outputFiles } = await bundleDashboard();
  await mkdir(FOLDER, { recursive: true });
  const known = new Set(await readdir(FOLDER));
  const made = outputFiles.map(({ path, contents }) => ({ path, name: basename(path), contents }));
  await Promise.all(made.filter(({ name }) => !known.has(name)).map(({ path, contents }) => writeFile(path, contents)));
  const built = new Map(
    Object.entries(metafile.outputs).map(([path, { entryPoint, inputs }]) => [
      entryPoint ?? Object.keys(inputs)[0] ?? "",
      `/dashboard/${basename(path)}`,
    ]),
  );
  const page = await readFile(`${ROOT}/${SOURCE}/index.html`, "utf8");
  await writeFile(`${ASSETS}/index.html`, withFiles(page, built));
  const current = new Set(made.map(({ name }) => name));
  const old = [...known].filter((name) => !current.has(name));
  await Promise.all(old.map((name) => rm(`${FOLDER}/${name}`, { force: true })));
}

/** The page, with the names that its files were built under instead of those of their sources. */
function withFiles(page: string, built: ReadonlyMap<string, string>): string {
  return page.replace(/(?<=(?:href|src)=")\.\/([^"]+)/g, (_source, path: string) => {
    const name = built.get(`${SOURCE}/${path}`);
    if (name === undefined) throw new Error(`the page names ${path}, which is not built`);
    return name;
  });
}
