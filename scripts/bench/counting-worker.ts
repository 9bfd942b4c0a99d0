/**
 * The whole Worker as it is, with an eye on what it writes: every statement's count of rows written, index rows
 * included, as the platform bills them. Nothing in the product knows of it.
 */
import { SYSTEM_NAME } from "../../src/system/rpc.ts";
import worker, { Owner as Uncounted } from "../../src/worker.ts";

export { System } from "../../src/worker.ts";

/** Where the counts are asked for: `/bench/rows?owner=XS`. */
const PATH = "/bench/rows";
const WRITES = /^\s*(?:INSERT(?:\s+OR\s+\w+)?\s+INTO|REPLACE\s+INTO|UPDATE|DELETE\s+FROM)\s+(\w+)/i;

type Rows = Map<string, number>;

export class Owner extends Uncounted {
  readonly #rows: Rows = new Map();

  constructor(state: DurableObjectState, env: Env) {
    super(state, env);
    Object.defineProperty(this, "ctx", { value: countedState(state, this.#rows) });
  }

  override async fetch(request: Request): Promise<Response> {
    if (new URL(request.url).pathname === PATH) return Response.json(Object.fromEntries(this.#rows));
    return super.fetch(request);
  }
}

export default {
  fetch(request: Request, env: Env, context: ExecutionContext): Response | Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === PATH) return countsOf(searchParams.get("owner") ?? "", request, env);
    return worker.fetch(request, env, context);
  },
};

async function countsOf(owner: string, request: Request, env: Env): Promise<Response> {
  const entry = await env.SYSTEM.getByName(SYSTEM_NAME).find(owner);
  return await env.OWNERS.getByName(entry?.object ?? "").fetch(request);
}

function countedState(state: DurableObjectState, rows: Rows): DurableObjectState {
  return overlaid(state, { storage: countedStorage(state.storage, rows) });
}

function countedStorage(storage: DurableObjectStorage, rows: Rows): DurableObjectStorage {
  const setAlarm: DurableObjectStorage["setAlarm"] = (time, options) => {
    add(rows, "alarm", 1);
    return storage.setAlarm(time, options);
  };
  return overlaid(storage, { sql: countedSql(storage.sql, rows), setAlarm });
}

function countedSql(sql: SqlStorage, rows: Rows): SqlStorage {
  const exec: SqlStorage["exec"] = (query, ...bindings) => {
    // A statement that returns nothing has run to its end when `exec` returns.
    const cursor = sql.exec(query, ...bindings);
    if (cursor.rowsWritten > 0) add(rows, WRITES.exec(query)?.[1] ?? "schema", cursor.rowsWritten);
    // The very cursor that was asked for: the type parameter is the caller's.
    return cursor as never;
  };
  return overlaid(sql, { exec });
}

function add(rows: Rows, table: string, count: number): void {
  rows.set(table, (rows.get(table) ?? 0) + count);
}

/** A platform's object with some of its members replaced; the others still find the object itself as `this`. */
function overlaid<Target extends object>(target: Target, members: Partial<Target>): Target {
  return new Proxy(target, {
    get(_, name) {
      if (Reflect.has(members, name)) return Reflect.get(members, name);
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
