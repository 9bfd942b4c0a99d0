/** The time that passes while one looks. */
import { useEffect, useState } from "preact/hooks";

/** Now, in milliseconds since 1970, anew every so many milliseconds. */
export function useNow(everyMilliseconds = 1_000): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMilliseconds);
    return () => clearInterval(timer);
  }, [everyMilliseconds]);
  return now;
}
