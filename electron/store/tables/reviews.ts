import { z } from 'zod';
import { claimValueSchema } from '#shared/model/claims.ts';
import { decisions, priorities } from '#shared/model/decision.ts';
import type { Db } from '../db.ts';

export const reviewSchema = z.object({
  action: z.enum(['approve', 'reject', 'override', 'split', 'merge', 'answer', 'approve_action', 'undo']), decision: z.enum(decisions).nullable(), priority: z.enum(priorities).nullable(), reason: z.string().nullable(), note: z.string().nullable(),
  author: z.string(), at_us: z.number(), expires_us: z.number().nullable(), decision_id: z.string().nullable(),
  /** The gate claims as they stood, as JSON: an override is flagged when one of them changes later. */
  claims: z.string().nullable(), flagged: z.string().nullable(), key: z.string(), review_id: z.number(),
  /** The review that this one takes back. */
  undoes: z.number().nullable(),
  /** What the review replaced, as JSON: what an undo restores. */
  before: z.string().nullable(),
});
export type Review = Readonly<z.infer<typeof reviewSchema>>;
export interface Answer { readonly answer_id: number; readonly key: string; readonly claim: string; readonly value: z.infer<typeof claimValueSchema>; readonly author: string; readonly note: string; readonly at_us: number; readonly expires_us: number }

export type VerdictRow = Pick<Review, 'author' | 'decision_id' | 'decision' | 'priority' | 'reason' | 'note' | 'expires_us'>;

/** What people decided and supplied. */
export function reviewsTable(db: Db) {
  const insert = db.prepare<unknown[]>('INSERT INTO reviews (key, decision_id, action, decision, priority, reason, note, author, at_us, expires_us, claims, undoes, before) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const ofKey = db.prepare<[string]>('SELECT * FROM reviews WHERE key = ? ORDER BY review_id');
  const get = db.prepare<[number]>('SELECT * FROM reviews WHERE review_id = ?');
  const withdraw = db.prepare<[number, number]>('UPDATE answers SET withdrawn_us = ? WHERE answer_id = ?');
  const flag = db.prepare<[string, number]>('UPDATE reviews SET flagged = ? WHERE review_id = ? AND flagged IS NULL');
  const answer = db.prepare<[string, string, string, string, string, number, number]>('INSERT INTO answers (key, claim, value, author, note, at_us, expires_us) VALUES (?, ?, ?, ?, ?, ?, ?)');
  const answers = db.prepare<[string], Omit<Answer, 'value'> & { value: string }>('SELECT answer_id, key, claim, value, author, note, at_us, expires_us FROM answers WHERE key = ? AND withdrawn_us IS NULL ORDER BY answer_id');
  const verdicts = db.prepare<[string, string], VerdictRow>('SELECT r.author, r.decision_id, r.decision, r.priority, r.reason, r.note, r.expires_us FROM reviews r JOIN incidents i USING (key) WHERE i.id = ? AND r.action = ?');
  const verdictCount = db.prepare<[], number>("SELECT count(*) FROM reviews WHERE action IN ('approve', 'reject', 'override')").pluck();
  const answered = db.prepare<[], string>('SELECT DISTINCT key FROM answers').pluck();
  return {
    /** @returns the review's number. */
    add(r: Omit<Review, 'review_id' | 'flagged' | 'undoes' | 'before'> & { readonly undoes?: number; readonly before?: string }): number {
      return Number(insert.run(r.key, r.decision_id, r.action, r.decision, r.priority, r.reason, r.note, r.author, r.at_us, r.expires_us, r.claims, r.undoes ?? null, r.before ?? null).lastInsertRowid);
    },
    get: (reviewId: number): Review | undefined => { const row = get.get(reviewId); return row === undefined ? undefined : reviewSchema.parse(row); },
    ofIncident: (key: string): readonly Review[] => ofKey.all(key).map((row) => reviewSchema.parse(row)),
    /** The approvals, rejections or overrides of the incident with this label. */
    verdicts: (incident: string, action: 'approve' | 'reject' | 'override'): readonly VerdictRow[] => verdicts.all(incident, action),
    /** All approvals, rejections and overrides. */
    countVerdicts: (): number => verdictCount.get() ?? 0,
    flag: (reviewId: number, why: string) => { flag.run(why, reviewId); },
    /** @returns the answer's number. */
    addAnswer: (a: Omit<Answer, 'answer_id'>): number => Number(answer.run(a.key, a.claim, JSON.stringify(a.value), a.author, a.note, a.at_us, a.expires_us).lastInsertRowid),
    withdrawAnswer: (answerId: number, nowUs: number) => { withdraw.run(nowUs, answerId); },
    /** The answers of an incident, oldest first. */
    answers: (key: string): readonly Answer[] => answers.all(key).map((row) => ({ ...row, value: claimValueSchema.parse(JSON.parse(row.value)) })),
    answeredKeys: (): ReadonlySet<string> => new Set(answered.all()),
  };
}
export type ReviewsTable = ReturnType<typeof reviewsTable>;
