import { jsonrepair } from 'jsonrepair';
import { z } from 'zod';
import type { Completion } from '#shared/model/agent.ts';
import { isObject, type JsonObject } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import { decisions } from '#shared/model/words.ts';
import type { ChatRequest } from './model-port.ts';

/** A model's answer is foreign input: it is checked here whatever constrained it. */
const nextAnswer = z.object({ next: z.string().max(100), arguments: z.record(z.string(), z.unknown()).default({}) });
const finalAnswer = z.object({
  evidence_ids: z.array(z.string().max(20)).max(100), missing: z.array(z.string().max(100)).max(100).default([]), rationale: z.string().max(20_000).default(''), decision: z.enum(decisions), confidence_pct: z.number().int().min(0).max(100),
});
export type NextAnswer = z.infer<typeof nextAnswer>;
export type FinalAnswer = z.infer<typeof finalAnswer>;

/** What the model asks for next: a tool call of its own where it was given tools, else the JSON of the turn. */
export function readNext(completion: Completion, request: ChatRequest): Result<NextAnswer> {
  if (request.tools) {
    if (completion.stop === 'length') return err('the answer stopped at its length limit');
    const [call] = completion.tool_calls;
    return ok(call ? { next: call.name, arguments: { ...call.arguments } } : { next: 'stop', arguments: {} });
  }
  return parse(completion, request, nextAnswer);
}

export const readFinal = (completion: Completion, request: ChatRequest): Result<FinalAnswer> => parse(completion, request, finalAnswer);

function parse<T>(completion: Completion, request: ChatRequest, schema: z.ZodType<T>): Result<T> {
  // Half a document is not repaired: what is missing could be the half that matters.
  if (completion.stop === 'length') return err('the answer stopped at its length limit');
  const value = readJson(completion.text, request.schema === undefined);
  if (!value.ok) return value;
  const read = schema.safeParse(value.value);
  return read.success ? ok(read.data) : err(read.error.issues.slice(0, 4).map((i) => `${i.path.join('.') || 'answer'}: ${i.message}`).join('; '));
}

function readJson(text: string, unconstrained: boolean): Result<JsonObject> {
  const body = text.replace(/^\s*<think>[\s\S]*?<\/think>/, '').trim();
  const direct = tryParse(body);
  if (direct !== undefined) return ok(direct);
  if (!unconstrained) return err('the answer is not a JSON object');
  const inner = /\{[\s\S]*\}/.exec(body)?.[0];
  let repaired: unknown;
  try { repaired = inner === undefined ? undefined : JSON.parse(jsonrepair(inner)); } catch { repaired = undefined; }
  return isObject(repaired) ? ok(repaired) : err('the answer is not a JSON object');
}

function tryParse(text: string): JsonObject | undefined {
  try { const value: unknown = JSON.parse(text); return isObject(value) ? value : undefined; } catch { return undefined; }
}
