import type { Job } from '#shared/rpc/schemas.ts';
import { formatBytes, formatCount } from '../ui/format.ts';

/** How far a job is and how fast it goes: `412 / 960 incidents, 118/s`, `18 MB / 31 MB, 5.2 MB/s`. */
export function jobWords({ done, total, unit, rate }: Pick<Job, 'done' | 'total' | 'unit' | 'rate'>): string {
  const isBytes = unit === 'bytes', words = isBytes ? formatBytes : formatCount;
  return `${words(done)}${total > 0 ? ` / ${words(total)}` : ''}${isBytes ? '' : ` ${unit}`}${rate > 0 ? `, ${words(rate)}/s` : ''}`;
}
