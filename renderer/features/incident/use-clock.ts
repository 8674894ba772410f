import { useEffect, useState } from 'react';

/** The time in ms, every half second until `until` has passed; null: the time at which it was asked. */
export function useClock(until: number | null): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    setNow(Date.now());
    if (until === null || Date.now() > until) return;
    const timer = setInterval(() => { setNow(Date.now()); if (Date.now() > until) clearInterval(timer); }, 500);
    return () => clearInterval(timer);
  }, [until]);
  return now;
}
