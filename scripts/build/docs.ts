/** The API reference, into `dist/assets/`: the documents, and the pages at `/docs` and `/docs/socket` that show them. */
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, extname } from "node:path";
import { fileURLToPath } from "node:url";
import { asyncApi } from "../../src/api/reference/asyncapi.ts";
import { docstringsIn } from "../../src/api/reference/docstrings.ts";
import { openApi } from "../../src/api/reference/openapi.ts";
import { socketPage } from "./docs/socket-page.ts";

const ASSETS = fileURLToPath(new URL("../../dist/assets", import.meta.url).href);
const PROTOCOL = fileURLToPath(new URL("../../src/protocol", import.meta.url).href);
const PAGES = fileURLToPath(new URL("docs", import.meta.url).href);
const SWAGGER_UI = dirname(fileURLToPath(import.meta.resolve("swagger-ui-dist/package.json")));

/** What the pages load, by the name that they know it by. */
const FILES: Readonly<Record<string, string>> = {
  "swagger-ui.css": `${SWAGGER_UI}/swagger-ui.css`,
  "swagger-ui-bundle.js": `${SWAGGER_UI}/swagger-ui-bundle.js`,
  "reference.css": `${PAGES}/reference.css`,
  "reference.js": `${PAGES}/reference.js`,
  "socket.css": `${PAGES}/socket.css`,
};

/** What the sources say of the messages and enumerations that they declare, by name. */
export async function declaredTexts(): Promise<ReadonlyMap<string, string>> {
  const names = await readdir(PROTOCOL, { recursive: true });
  const sources = await Promise.all(
    names.filter((name) => name.endsWith(".ts")).map((name) => readFile(`${PROTOCOL}/${name}`, "utf8")),
  );
  return new Map(sources.flatMap((source) => [...docstringsIn(source)]));
}

/** Builds it anew. Throws when a source cannot be read. */
export async function buildDocs(): Promise<void> {
  const folder = `${ASSETS}/docs`;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const texts = await declaredTexts();
  const socket = asyncApi(texts);
  await writeFile(`${folder}/openapi.json`, JSON.stringify(openApi(texts)));
  await writeFile(`${folder}/asyncapi.json`, JSON.stringify(socket));
  const names = new Map(
    await Promise.all(
      Object.entries(FILES).map(async ([name, source]): Promise<[string, string]> => {
        return [name, await writeHashed(folder, name, await readFile(source, "utf8"))];
      }),
    ),
  );
  await writeFile(`${ASSETS}/docs.html`, withFiles(await readFile(`${PAGES}/reference.html`, "utf8"), names));
  await writeFile(`${folder}/socket.html`, withFiles(socketPage(socket), names));
}

/** Writes a file under a name that holds the hash of its content, and without the map that is not served. */
async function writeHashed(folder: string, name: string, source: string): Promise<string> {
  const content = source.replace(/\n?\/[/*]# sourceMappingURL=.*$/, "");
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 8).toUpperCase();
  const extension = extname(name);
  const hashed = `${name.slice(0, -extension.length)}-${hash}${extension}`;
  await writeFile(`${folder}/${hashed}`, content);
  return hashed;
}

/** The page, with the names that its files were written under. */
function withFiles(page: string, names: ReadonlyMap<string, string>): string {
  return page.replace(/(?<=(?:href|src)=")\.\/([^"]+)/g, (_path, name: string) => {
    const hashed = names.get(name);
    if (hashed === undefined) throw new Error(`the page names ${name}, which is not written`);
    return `/docs/${hashed}`;
  });
}
