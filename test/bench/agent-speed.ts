import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { competent } from '#electron/agent/providers/scripted/competent.ts';
import { listIncidents } from '#electron/host/commands/list-incidents.ts';
import { startEngine } from '#electron/host/engine-client.ts';
import type { TriageReport } from '#electron/host/handlers/triage.ts';
import { openReader } from '#electron/store/open.ts';
import { at, list, str } from '#shared/lib/json.ts';
import { generate } from './generate.ts';

/**
 * What the agent's loop costs beside the model: investigates incidents against a server on loopback that speaks Ollama's protocol and answers at once.
 * Prints milliseconds an incident, memory, and the same with 4 at once. Usage: agent-speed.ts [N].
 */
const [n = '100'] = process.argv.slice(2);
const MODEL = 'bench:latest', root = join(import.meta.dirname, '..', '..'), dir = mkdtempSync(join(tmpdir(), 'winnow-agent-bench-'));
const server = createServer((request, response) => {
  let text = '';
  request.on('data', (chunk: Buffer) => { text += chunk.toString('utf8'); });
  request.on('end', () => {
    const body: unknown = text === '' ? {} : JSON.parse(text), json = (value: unknown): void => { response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value)); };
    if (request.url === '/api/tags') return json({ models: [{ name: MODEL, digest: 'ab'.repeat(32), size: 1 }] });
    if (request.url === '/api/show') return json({ model_info: { 'llama.context_length': 8192 }, capabilities: ['completion'] });
    if (request.url === '/api/ps') return json({ models: [] });
    const messages = list(body, 'messages').map((m) => ({ role: 'user' as const, content: str(m, 'content') ?? '' })), chars = messages.reduce((sum, m) => sum + m.content.length, 0);
    const said = at(body, 'format', 'properties', 'colour') === undefined ? competent({ messages, num_ctx: 8192, max_tokens: 1, can_think: false }) : '{"colour":"green","sure_pct":90}';
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    for (const piece of said.match(/[\s\S]{1,12}/g) ?? []) response.write(`${JSON.stringify({ model: MODEL, message: { role: 'assistant', content: piece }, done: false })}\n`);
    response.end(`${JSON.stringify({ model: MODEL, message: { role: 'assistant', content: '' }, done: true, done_reason: 'stop', prompt_eval_count: Math.ceil(chars / 4), eval_count: 50 })}\n`);
    return undefined;
  });
});
await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
process.env['LLM_URL'] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
process.env['LLM_MODEL'] = MODEL;

try {
  const file = join(dir, 'bench.db'), input = generate(dir, 3000, 1);
  const engine = await startEngine({ file, create: true, rootDir: root, onProgress: () => undefined });
  if (!engine.ok) throw new Error(engine.error);
  const ask = async (method: string, about: unknown): Promise<unknown> => { const result = await engine.value.request(method, about); if (!result.ok) throw new Error(result.error); return result.value; };
  await ask('ingest', { paths: [input.contextDir, input.findingsDir] });
  await ask('triage', { engine: 'rules' });
  const listed = await listIncidents(engine.value, {}, Number(n));
  if (!listed.ok) throw new Error(listed.error);
  const ids = listed.value.incidents.map((i) => i.incident.id);
  for (const concurrency of [1, 4]) {
    const before = performance.now();
    const report = await ask('triage', { engine: 'agent', incidents: ids, concurrency }) as TriageReport;
    const wall = performance.now() - before;
    console.info(`${String(report.run.decided).padStart(4)} incidents, ${concurrency} at once: ${(wall / ids.length).toFixed(1)} ms an incident, ${(ids.length / wall * 1000).toFixed(0)} a second, ${Math.round(process.memoryUsage().rss / 1e6)} MB`);
  }
  await engine.value.close();
  const reader = openReader(file);
  if (!reader.ok) throw new Error(reader.error);
  const turns = reader.value.db.prepare<[], { n: number; ms: number; decisions: number }>('SELECT count(*) AS n, sum(duration_us) / 1000.0 AS ms, count(DISTINCT decision_id) AS decisions FROM (SELECT * FROM exchanges ORDER BY exchange_id LIMIT (SELECT count(*) / 2 FROM exchanges))').get();
  const runs = reader.value.db.prepare<[number, number], { ms: number; calls: number }>("SELECT sum(duration_us) / 1000.0 AS ms, (SELECT sum(duration_us) / 1000.0 FROM calls WHERE decision_id IN (SELECT decision_id FROM decisions WHERE json_extract(triage, '$.engine.kind') = 'agent' ORDER BY started_us LIMIT ?)) AS calls FROM (SELECT duration_us FROM decisions WHERE json_extract(triage, '$.engine.kind') = 'agent' ORDER BY started_us LIMIT ?)").get(ids.length, ids.length);
  if (turns && runs) console.info(`one at a time: ${(turns.n / ids.length).toFixed(1)} turns an incident; of each decision ${(runs.ms / ids.length).toFixed(1)} ms, exchanges ${(turns.ms / ids.length).toFixed(1)} ms, tools ${(runs.calls / ids.length).toFixed(1)} ms, so the loop itself ${((runs.ms - turns.ms - runs.calls) / ids.length).toFixed(1)} ms (goal < 20)`);
  reader.value.close();
} finally {
  server.closeAllConnections();
  server.close();
  rmSync(dir, { recursive: true, force: true });
}
