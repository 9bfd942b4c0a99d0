/** The dashboard, from `src/dashboard/` into `dist/assets/`: a page, and beside it files named by their content. */
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { schemasWithoutParser } from "./schemas.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url).href);
const SOURCE = "src/dashboard";
const ENTRIES = [`${SOURCE}/main.tsx`, `${SOURCE}/style/main.css`, `${SOURCE}/icon.svg`];

export const DASHBOARD_ASSETS = fileURLToPath(new URL("../../dist/assets", import.meta.url).href);

/** Builds it anew. Throws when a source cannot be read or compiled. */
export async function buildDashboard(): Promise<void> {
  const folder = `${DASHBOARD_ASSETS}/dashboard`;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: ENTRIES,
    outdir: folder,
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
    logLevel: "warning",
    plugins: [schemasWithoutParser],
  });
  const built = new Map(
    Object.entries(metafile.outputs).map(([path, { entryPoint, inputs }]) => [
      entryPoint ?? Object.keys(inputs)[0] ?? "",
      `/dashboard/${basename(path)}`,
    ]),
  );
  const page = await readFile(`${ROOT}/${SOURCE}/index.html`, "utf8");
  await writeFile(`${DASHBOARD_ASSETS}/index.html`, withFiles(page, built));
}

/** The page, with the names that its files were built under instead of those of their sources. */
function withFiles(page: string, built: ReadonlyMap<string, string>): string {
  return page.replace(/(?<=(?:href|src)=")\.\/([^"]+)/g, (_source, path: string) => {
    const name = built.get(`${SOURCE}/${path}`);
    if (name === undefined) throw new Error(`the page names ${path}, which is not built`);
    return name;
  });
}
