import { Notification } from 'electron';
import type { Job } from '#shared/rpc/schemas.ts';
import type { Paged } from '#electron/host/desk-protocol.ts';
import { noticeText } from './safe-text.ts';

/** What a notice is about, as text that can carry nothing but text. */
export interface Notice { readonly title: string; readonly body: string; /** Where a click leads in the page. */ readonly path: string }

/** A job that took so long may have been left alone: its end is told. */
const LONG_MS = 10_000;
const MOST_PAGED = 3;

/** Notices of decisions that summon someone: one each, or one for all when they are many. */
export function pagedNotices(workspace: string, incidents: readonly Paged[]): readonly Notice[] {
  const where = noticeText(workspace);
  if (incidents.length > MOST_PAGED) return [{ title: `${incidents.length} incidents to resolve now`, body: `${where}: each has confirmed evidence and pages the one on call.`, path: '/queue?decision=resolve_now' }];
  return incidents.map(({ id, title, entity }) => ({ title: `Resolve now: ${noticeText(entity)}`, body: `${noticeText(title)} (${noticeText(id)}, ${where})`, path: `/incident/${encodeURIComponent(id)}` }));
}

/** Follows the jobs of one workspace: which run, and which of those that end took long. */
export function followJobs(nowMs: () => number = () => performance.now()) {
  const running = new Map<string, { readonly since: number; last: Job }>();
  return {
    running: (): readonly Job[] => [...running.values()].map(({ last }) => last),
    /** @returns the notice of a long job's end */
    take(job: Job, workspace: string): Notice | undefined {
      const known = running.get(job.job);
      if (!job.finished) {
        if (known) known.last = job; else running.set(job.job, { since: nowMs(), last: job });
        return undefined;
      }
      running.delete(job.job);
      if (known === undefined || nowMs() - known.since < LONG_MS) return undefined;
      const isWhole = job.total === 0 || job.done >= job.total;
      const amount = job.total > 0 && !isWhole ? `${job.done} of ${job.total} ${job.unit}` : `${job.done} ${job.unit}`;
      return { title: `${noticeText(job.job)} ${isWhole ? 'finished' : 'ended'}`, body: `${noticeText(amount)}, ${noticeText(workspace)}`, path: job.job === 'ingest' ? '/ingest' : '/queue' };
    },
    clear(): void { running.clear(); },
  };
}

/** Shows a notice where the system has any; a click goes to what it is about. */
export function showNotice(notice: Notice, onClick: () => void): void {
  if (!Notification.isSupported()) return;
  const shown = new Notification({ title: notice.title, body: notice.body, silent: false });
  shown.on('click', onClick);
  shown.show();
}
