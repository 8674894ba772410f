import { err, ok, type Result } from '#shared/lib/result.ts';
import { UNANSWERED } from '#electron/host/engine-protocol.ts';
import type { RouterDesk } from '#electron/host/rpc-router.ts';

/** A desk that keeps what it was asked, knows a few answers and refuses the rest. */
export interface FakeDesk extends RouterDesk { readonly asked: { readonly name: string; readonly input: unknown }[] }

const answers: Readonly<Record<string, unknown>> = {
  'workspace.verifyAudit': { valid: true, rows: 3, why: null },
  'settings.get': { 'model.name': 'rules' },
  'settings.set': { ok: true },
  'jobs.cancel': { ok: true },
  'ingest.imports': [],
  'ingest.commit': { files: [], decided: 0 },
  'ingest.preview': { name: 'a.json', format: null, kind: null, records: 0, complete: true, sample: [], quarantined: [], why: null },
  'figures.get': { measures: 'not what the contract says' },
};

export function fakeDesk(): FakeDesk {
  const asked: { readonly name: string; readonly input: unknown }[] = [];
  const call = async (name: string, input: unknown): Promise<Result<unknown>> => {
    asked.push({ name, input });
    if (name === 'replay.run') return err(`the engine stopped ${UNANSWERED}`);
    return name in answers ? ok(answers[name]) : err(`the fake desk does not know ${name}`);
  };
  return { asked, call };
}
