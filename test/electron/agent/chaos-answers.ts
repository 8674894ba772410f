import type { ChatRequest } from '#electron/agent/model-port.ts';
import { at, isObject, list, type JsonObject } from '#shared/lib/json.ts';

/** Numbers that look random and are the same each time (mulberry32). */
export function random(seed: number): () => number {
  let a = seed >>> 0;
  return () => { a = (a + 0x6d2b79f5) >>> 0; let t = Math.imul(a ^ (a >>> 15), 1 | a); t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t; return ((t ^ (t >>> 14)) >>> 0) / 4294967296; };
}

/** Nonsense that a grammar would let through: anything that fits the schema. */
export function fitting(schema: unknown, next: () => number): unknown {
  const words = list(schema, 'enum');
  if (words.length > 0) return words[Math.floor(next() * words.length)];
  switch (at(schema, 'type')) {
    case 'object': { const props = at(schema, 'properties'); return Object.fromEntries(Object.entries(isObject(props) ? props : {}).flatMap(([key, part]) => (list(schema, 'required').includes(key) || next() < 0.5 ? [[key, fitting(part, next)]] : []))); }
    case 'array': { const most = Number(at(schema, 'maxItems') ?? 5); return Array.from({ length: Math.floor(next() * (most + 1)) }, () => fitting(at(schema, 'items'), next)); }
    case 'integer': return Math.floor(next() * 101);
    case 'boolean': return next() < 0.5;
    default: return Array.from({ length: Math.floor(next() * 40) }, () => String.fromCodePoint(Math.floor(next() * 0x2fff) + 1)).join('');
  }
}

/** What a model with random weights may say: fitting nonsense mostly, else broken, foreign, huge or empty. */
export function chaosAnswer(request: ChatRequest, next: () => number): string {
  const schema: JsonObject = request.schema?.json ?? {}, dice = next();
  if (dice < 0.7) return JSON.stringify(fitting(schema, next));
  if (dice < 0.75) return JSON.stringify(fitting(schema, next)).slice(0, Math.floor(next() * 60));
  if (dice < 0.8) return JSON.stringify({ evidence_ids: ['F01', 'F02', 'F98', '__proto__', 'constructor'], missing: ['everything'], rationale: '\u202E', decision: ['resolve_now', 'defer', 'ticket'][Math.floor(next() * 3)], confidence_pct: 100 });
  if (dice < 0.84) return JSON.stringify({ next: ['rm -rf', 'human_answer', '__proto__', 'toString', ''][Math.floor(next() * 5)], arguments: { entity: '*', snapshot: {} } });
  if (dice < 0.88) return JSON.stringify({ decision: 'defer', confidence_pct: 1e9, evidence_ids: 'all' });
  if (dice < 0.92) return '['.repeat(Math.floor(next() * 5000));
  if (dice < 0.95) return 'null';
  return dice < 0.98 ? '' : 'x'.repeat(300_000);
}
