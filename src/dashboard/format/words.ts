/** The contract's words as people read them. */

/** `SIDE_SHORTSELL_EXEMPT` → `Shortsell exempt`; `ClientRequestType_CashTransfer` → `Cash transfer`. */
export function wordsOf(enumName: string | undefined): string {
  if (enumName === undefined) return "";
  const short = enumName.slice(enumName.indexOf("_") + 1);
  const words = /[a-z]/.test(short) ? short.replace(/(?<=[a-z])(?=[A-Z])/g, " ") : short.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1).toLowerCase();
}

/** `1 order`, `1,024 orders`. */
export function countText(count: number, noun: string): string {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}
