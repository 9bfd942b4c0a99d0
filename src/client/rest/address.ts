/** How calls are written: paths, and queries of moments, positions and ranges. */
/** A position of each sequence: by its name (`asx`, `oms`, `system`), or `<owner>/<sequence>` where several Owners are meant. */
export type Positions = Readonly<Record<string, number>>;

/** A time: ISO 8601, to the microsecond, or a Date. */
export type Time = string | Date;

/** A time, or the place after positions. As at which something is read: one position. */
export type Moment = Time | Positions;

/** The parameters of a query, in order. */
export type Parameters = readonly (readonly [name: string, content: string])[];

/** A path whose parts are escaped: path`/balance/for/${owner}`. */
export function path(texts: TemplateStringsArray, ...parts: readonly string[]): string {
  return texts.reduce((written, text, index) => written + escaped(parts[index - 1] ?? "") + text);
}

function escaped(part: string): string {
  // What is not Unicode cannot be escaped, and is found out as if it were nothing.
  return part.isWellFormed() ? encodeURIComponent(part) : "";
}

/** Whether a path means what it says: a URL takes an empty part and these two for something else, however escaped. */
export function isPath(route: string): boolean {
  return !route
    .slice(1)
    .split("/")
    .some((part) => part === "" || part === "." || part === "..");
}

/** A time as it is sent. */
export function timeText(time: Time): string {
  return typeof time === "string" ? time : time.toISOString();
}

/** A parameter; none when there is nothing to say. */
export function given(name: string, content: string | number | boolean | undefined): Parameters {
  return content === undefined ? [] : [[name, String(content)]];
}

/** A parameter that may be repeated. */
export function each(name: string, contents: string | readonly string[] | undefined): Parameters {
  if (contents === undefined) return [];
  return (typeof contents === "string" ? [contents] : contents).map((content) => [name, content] as const);
}

/** `asAt=…`, `from[asx]=…`. */
export function moment(name: string, moment: Moment | undefined): Parameters {
  if (moment === undefined) return [];
  if (typeof moment === "string" || moment instanceof Date) return [[name, timeText(moment)]];
  return Object.entries(moment).map(([sequence, position]) => [`${name}[${sequence}]`, String(position)] as const);
}

/** A path with its query. */
export function address(route: string, parameters: Parameters): string {
  const query = new URLSearchParams(parameters.map(([name, content]) => [name, content])).toString();
  return query === "" ? route : `${route}?${query}`;
}
