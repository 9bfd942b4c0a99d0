import { describe, expect, test } from "vitest";
import { ask } from "../support/api.ts";

/** The names of the files that the page loads. */
async function filesOfThePage(): Promise<readonly string[]> {
  const { body } = await ask("GET", "/");
  return [...String(body).matchAll(/(?:href|src)="([^"]+)"/g)].map(([, path = ""]) => path);
}

describe("the dashboard", () => {
  test("is at /, for anybody, with a policy under which nothing runs but its own files", async () => {
    const { status, headers, body } = await ask("GET", "/");
    expect(status).toBe(200);
    expect(headers.get("Content-Type")).toMatch(/^text\/html/);
    expect(headers.get("Cache-Control")).toBe("no-cache");
    expect(headers.get("X-Content-Type-Options")).toBe("nosniff");
    expect(headers.get("Referrer-Policy")).toBe("no-referrer");
    const policy = headers.get("Content-Security-Policy") ?? "";
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain("unsafe");
    expect(body).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=/);
  });

  test("loads files that carry their content's hash in their name and may be kept for ever", async () => {
    const files = await filesOfThePage();
    expect(files.length).toBeGreaterThanOrEqual(3);
    for (const path of files) {
      expect(path).toMatch(/^\/dashboard\/[\w-]+-[A-Z0-9]{8}\.\w+$/);
      const { status, headers } = await ask("GET", path);
      expect([path, status]).toEqual([path, 200]);
      expect(headers.get("Cache-Control")).toBe("public, max-age=31536000, immutable");
      expect(headers.get("X-Content-Type-Options")).toBe("nosniff");
      expect(headers.get("Content-Type")).not.toBe("application/octet-stream");
    }
  });

  test("is not sent again to who has it", async () => {
    const { headers } = await ask("GET", "/");
    const again = await ask("GET", "/", { headers: { "If-None-Match": headers.get("ETag") ?? "" } });
    expect([again.status, again.body]).toEqual([304, undefined]);
  });

  test("needs no token, and is not disturbed by a bad one", async () => {
    expect((await ask("GET", "/", { headers: { Authorization: "Bearer nonsense" } })).status).toBe(200);
  });

  test("is there to read and for nothing else: 405, with what it has", async () => {
    for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
      const { status, body, headers } = await ask(method, "/");
      expect([method, status, body]).toEqual([method, 405, ["Message.Method"]]);
      expect(headers.get("Allow")).toBe("GET, HEAD, OPTIONS");
    }
    const head = await ask("HEAD", "/");
    expect([head.status, head.body]).toEqual([200, undefined]);
    const options = await ask("OPTIONS", "/");
    expect([options.status, options.headers.get("Allow")]).toEqual([204, "GET, HEAD, OPTIONS"]);
  });

  test("takes no other path than those of pages: what is in its folder by another name is unknown", async () => {
    for (const path of ["/index", "/index.html", "/dashboard/", "/dashboard/..%2findex.html", "/%64ashboard/x.js"]) {
      expect(await ask("GET", path)).toMatchObject({ status: 404, body: ["Unknown"] });
    }
  });
});
