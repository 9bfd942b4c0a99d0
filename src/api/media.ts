/** In which of the two kinds a call wants to be answered. */
import { accepts } from "hono/accepts";
import type { Call } from "./environment.ts";

export const JSON_TYPE = "application/json";
export const PROTOBUF_TYPE = "application/x-protobuf";

/** Whether the caller prefers protobuf to JSON. What says neither, or says anything, gets JSON. */
export function wantsBinary(call: Call): boolean {
  const config = { header: "Accept", supports: [JSON_TYPE, PROTOBUF_TYPE], default: JSON_TYPE } as const;
  const kind = accepts(call, { ...config, supports: [...config.supports], match: preferred });
  return kind === PROTOBUF_TYPE;
}

interface Accepted {
  readonly type: string;
  readonly q: number;
}

/** The most specific range counts for a type (RFC 9110, section 12.5.1); between equals, the one that is named first. */
function preferred(given: readonly Accepted[]): string {
  const placeOf = (type: string) => given.findIndex((accept) => accept.type.toLowerCase() === type);
  const qualityOf = (type: string): number => {
    const ranges = [type, "application/*", "*/*"].map((range) => given[placeOf(range)]);
    return ranges.find((range) => range !== undefined)?.q ?? 0;
  };
  const [json, protobuf] = [qualityOf(JSON_TYPE), qualityOf(PROTOBUF_TYPE)];
  if (protobuf !== json) return protobuf > json ? PROTOBUF_TYPE : JSON_TYPE;
  const [jsonPlace, protobufPlace] = [placeOf(JSON_TYPE), placeOf(PROTOBUF_TYPE)];
  const isNamedFirst = protobufPlace >= 0 && (jsonPlace < 0 || protobufPlace < jsonPlace);
  return isNamedFirst && protobuf > 0 ? PROTOBUF_TYPE : JSON_TYPE;
}
