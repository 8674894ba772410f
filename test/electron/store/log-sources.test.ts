import { copyFileSync, mkdtempSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, expect, it } from 'vitest';
import { listMigrations, migrate } from '#electron/store/migrate.ts';
import { eventsTable } from '#electron/store/tables/events.ts';

const MIGRATIONS = join(import.meta.dirname, '../../../resources/migrations');
const dir = mkdtempSync(join(tmpdir(), 'winnow-logs-'));
afterAll(() => { rmSync(dir, { recursive: true, force: true }); });

it('a workspace from before logs were told apart has its days by source, region and service', () => {
  const older = join(dir, 'migrations');
  mkdirSync(older);
  for (const name of readdirSync(MIGRATIONS).filter((n) => n < '0011')) copyFileSync(join(MIGRATIONS, name), join(older, name));
  const db = new Database(join(dir, 'w.db'));
  expect(migrate(db, listMigrations(older)).ok).toBe(true);
  const DAY = 86_400_000_000;
  const insert = db.prepare("INSERT INTO events (event_id, source, time, time_us, category, action, provider, outcome, actor_type, account, region, src_public, raw_id, record) VALUES (?, 'cloudtrail', '', ?, ?, 'x', ?, 'success', 'user', ?, ?, 0, 1, 0)");
  insert.run('1', DAY * 100 + 5, 'data_access', 's3.amazonaws.com', '111122223333', 'eu-west-1');
  insert.run('2', DAY * 100 + 9, 'data_access', 's3.amazonaws.com', '111122223333', 'eu-west-1');
  insert.run('3', DAY * 102, 'data_access', 'lambda.amazonaws.com', '111122223333', 'eu-west-1');
  insert.run('4', DAY * 103, 'iam', 'iam.amazonaws.com', null, 'us-east-1');
  db.exec("INSERT INTO event_days VALUES ('111122223333', 'data_access', 100, 2, 1, 2)");
  expect(migrate(db, listMigrations(MIGRATIONS)).ok).toBe(true);
  const row = { source: 'cloudtrail', account: '111122223333', region: 'eu-west-1', category: 'data_access', days: 1, longest_gap_days: 0 };
  expect(eventsTable(db).coverage()).toEqual([
    expect.objectContaining({ source: 'cloudtrail', account: '', region: 'us-east-1', category: 'iam', log: '', events: 1 }),
    expect.objectContaining({ ...row, log: 'lambda.amazonaws.com', events: 1 }), expect.objectContaining({ ...row, log: 's3.amazonaws.com', events: 2, spans: [[DAY * 100 + 5, DAY * 100 + 9]] }),
  ]);
  expect(db.prepare('SELECT event_id, log FROM events ORDER BY 1').all()).toEqual([{ event_id: '1', log: 's3.amazonaws.com' }, { event_id: '2', log: 's3.amazonaws.com' }, { event_id: '3', log: 'lambda.amazonaws.com' }, { event_id: '4', log: null }]);
  db.close();
});
