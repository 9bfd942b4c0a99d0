/** How large a question to an adapter may be, and its answer. */
import { LIMITS } from "../protocol/limits.ts";
import type { FeedResponse } from "../protocol/messages/index.ts";

/** The first field of a question or an answer that is larger than it may be; undefined when all of it is well. */
export function oversizedField(content: FeedResponse): keyof FeedResponse | undefined {
  const { Type = "", Tag = "", Errors = [], Parameters = {}, QueryData = "" } = content;
  if (Type.length > LIMITS.QUERY_NAME_CHARACTERS) return "Type";
  if (Tag.length > LIMITS.QUERY_NAME_CHARACTERS) return "Tag";
  if (Errors.length > LIMITS.QUERY_ERRORS || characters(Errors) > LIMITS.QUERY_ERRORS_CHARACTERS) return "Errors";
  const parameters = Object.entries(Parameters);
  if (parameters.length > LIMITS.QUERY_PARAMETERS) return "Parameters";
  if (characters(parameters.flat()) > LIMITS.QUERY_PARAMETERS_CHARACTERS) return "Parameters";
  return bytesIn(QueryData) > LIMITS.QUERY_DATA_BYTES ? "QueryData" : undefined;
}

function characters(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + text.length, 0);
}

/** The bytes that a padded base64 text carries. */
function bytesIn(base64: string): number {
  const padding = base64.endsWith("==") ? 2 : base64.endsWith("=") ? 1 : 0;
  return (base64.length / 4) * 3 - padding;
}
