/** The API reference, into `dist/assets/docs/`: the documents, and the pages that show them. */
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { docstringsIn } from "../../src/api/reference/docstrings.ts";
import { openApi } from "../../src/api/reference/openapi.ts";

const ASSETS = fileURLToPath(new URL("../../dist/assets", import.meta.url).href);
const PROTOCOL = fileURLToPath(new URL("../../src/protocol", import.meta.url).href);

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
  await writeFile(`${folder}/openapi.json`, JSON.stringify(openApi(texts)));
}
