/** CSV as RFC 4180 has it, with a header: what is exported can be imported as it is. */
import { stringify } from "csv-stringify/sync";

/** One line of CSV, with its end. */
export function csvLine(cells: readonly string[]): string {
  return stringify([[...cells]], { quoted_match: /[\r\n]/ });
}
