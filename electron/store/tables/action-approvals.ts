import type { Db } from '../db.ts';

/** Times in microseconds UTC; `used_us` and `withdrawn_us` are null while it is neither. */
export interface ActionApproval {
  readonly approval_id: number; readonly key: string; readonly subject: string; readonly action: string; readonly target: string; readonly author: string;
  readonly at_us: number; readonly from_us: number; readonly until_us: number; readonly used_us: number | null; readonly withdrawn_us: number | null;
}

/** Approvals of single recommended actions. */
export function actionApprovalsTable(db: Db) {
  const insert = db.prepare<[string, string, string, string, string, number, number, number]>('INSERT INTO action_approvals (key, subject, action, target, author, at_us, from_us, until_us) VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  const newest = db.prepare<[string, string], ActionApproval>('SELECT * FROM action_approvals WHERE key = ? AND subject = ? ORDER BY approval_id DESC LIMIT 1');
  const get = db.prepare<[number], ActionApproval>('SELECT * FROM action_approvals WHERE approval_id = ?');
  const use = db.prepare<[number, number]>('UPDATE action_approvals SET used_us = ? WHERE approval_id = ? AND used_us IS NULL AND withdrawn_us IS NULL');
  const withdraw = db.prepare<[number, number]>('UPDATE action_approvals SET withdrawn_us = ? WHERE approval_id = ? AND used_us IS NULL AND withdrawn_us IS NULL');
  return {
    /** @returns the approval's number. */
    add: (a: Omit<ActionApproval, 'approval_id' | 'used_us' | 'withdrawn_us'>): number => Number(insert.run(a.key, a.subject, a.action, a.target, a.author, a.at_us, a.from_us, a.until_us).lastInsertRowid),
    newest: (key: string, subject: string): ActionApproval | undefined => newest.get(key, subject),
    get: (approvalId: number): ActionApproval | undefined => get.get(approvalId),
    /** @returns whether it was there to be used: an approval is used once. */
    use: (approvalId: number, nowUs: number): boolean => use.run(nowUs, approvalId).changes === 1,
    withdraw: (approvalId: number, nowUs: number): void => { withdraw.run(nowUs, approvalId); },
  };
}
export type ActionApprovalsTable = ReturnType<typeof actionApprovalsTable>;
