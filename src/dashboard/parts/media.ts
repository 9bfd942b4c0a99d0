/** What the reader's screen is like. */
import { useEffect, useState } from "preact/hooks";

/** Up to here one panel is shown at a time. The style sheets say the same. */
export const NARROW = "(max-width: 820px)";

/** Whether a media query holds, now and when that changes. */
export function useMedia(query: string): boolean {
  const [holds, setHolds] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const list = matchMedia(query);
    const listen = (): void => setHolds(list.matches);
    listen();
    list.addEventListener("change", listen);
    return () => list.removeEventListener("change", listen);
  }, [query]);
  return holds;
}
