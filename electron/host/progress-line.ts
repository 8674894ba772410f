import { printable } from './commands/text-table.ts';
import type { Progress } from './engine-protocol.ts';

export interface ProgressLine { show(progress: Progress): void; clear(): void }

/** A rate over less than this is noise: the amount is shown instead. */
const SHORTEST_SECONDS = 0.5;
const EVERY_MS = { terminal: 100, plain: 5000 };

/** Progress with rate on stderr: a bar that redraws itself on a terminal, a plain line every five seconds elsewhere. */
export function progressLine(stream: NodeJS.WriteStream): ProgressLine {
  let shownAt = stream.isTTY ? 0 : Date.now(), started = 0, job = '', drawn = false;
  return {
    show(p) {
      const now = Date.now();
      const key = `${p.job} ${p.detail?.split(':')[0] ?? ''}`;
      if (key !== job) { job = key; started = now; }
      if (now - shownAt < (stream.isTTY ? EVERY_MS.terminal : EVERY_MS.plain)) return;
      shownAt = now;
      const seconds = (now - started) / 1000;
      const rate = seconds < SHORTEST_SECONDS ? `${p.unit === 'bytes' ? `${(p.done / 1e6).toFixed(1)} MB` : `${p.done} ${p.unit}`}` : p.unit === 'bytes' ? `${(p.done / seconds / 1e6).toFixed(1)} MB/s` : `${Math.round(p.done / seconds)} ${p.unit}/s`;
      const share = p.total > 0 ? Math.min(1, p.done / p.total) : 0;
      const text = `${p.job} ${String(Math.round(share * 100)).padStart(3)} %  ${rate}${p.detail === undefined ? '' : `  ${printable(p.detail)}`}`;
      if (!stream.isTTY) { stream.write(`${text}\n`); return; }
      const width = 20, full = Math.round(share * width);
      const line = `${'█'.repeat(full)}${'░'.repeat(width - full)} ${text}`;
      stream.write(`\r\u001b[2K${line.slice(0, (stream.columns ?? 100) - 1)}`);
      drawn = true;
    },
    clear() { if (drawn) { stream.write('\r\u001b[2K'); drawn = false; } },
  };
}
