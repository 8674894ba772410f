import type { ModelFacts, ModelProblem } from '#shared/model/agent.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import { collect } from '../../collect.ts';
import type { ChatRequest, ModelPort } from '../../model-port.ts';

type Found = Pick<ModelFacts, 'tools' | 'schema' | 'mode' | 'notes'>;
interface Known { readonly num_ctx: number; readonly can_think: boolean; /** Whether it is worth asking for a tool call. */ readonly tools: boolean }

/** A thinking model may think although it was told not to, and needs room for it. */
const ROOM = 1024;
const COLOUR = { type: 'object', properties: { colour: { type: 'string', enum: ['red', 'green', 'blue'] }, sure_pct: { type: 'integer', minimum: 0, maximum: 100 } }, required: ['colour', 'sure_pct'], additionalProperties: false };

/**
 * Asks a model two small questions: does it keep to a schema, does it call a tool? What it does counts, not what is said of it. A failure that is
 * the endpoint's (not running, no model) is returned; a question that it can't do is an ability that it lacks.
 */
export async function askSmall(port: ModelPort, known: Known, signal: AbortSignal): Promise<Result<Found, ModelProblem>> {
  const base: Pick<ChatRequest, 'num_ctx' | 'max_tokens' | 'can_think' | 'messages'> = { num_ctx: known.num_ctx, max_tokens: ROOM, can_think: known.can_think, messages: [{ role: 'system', content: 'You answer with JSON only.' }, { role: 'user', content: 'Which colour does grass have? Say red, green or blue as "colour", and how sure you are as "sure_pct", 0 to 100.' }] };
  const notes: string[] = [];
  const constrained = await collect(port.chat({ ...base, schema: { name: 'colour', json: COLOUR } }, { signal }));
  if (!constrained.ok && isEndpoints(constrained.error)) return constrained;
  const schema = constrained.ok && constrained.value.stop !== 'length' && fits(constrained.value.text);
  if (!schema) notes.push(`does not keep to a schema (${constrained.ok ? constrained.value.text.slice(0, 60) || 'empty answer' : constrained.error.detail})`);
  let tools = false;
  if (known.tools) {
    const called = await collect(port.chat({ ...base, messages: [{ role: 'user', content: 'Call the tool paint with the colour of grass.' }], tools: [{ name: 'paint', description: 'Paints in one colour.', parameters: { type: 'object', properties: { colour: { type: 'string', enum: ['red', 'green', 'blue'] } }, required: ['colour'] } }] }, { signal }));
    if (!called.ok && isEndpoints(called.error)) return err(called.error);
    tools = called.ok && called.value.tool_calls.some((c) => c.name === 'paint');
    if (!tools) notes.push(`does not call tools (${called.ok ? 'it was asked to and did not' : called.error.detail})`);
  } else notes.push('says that it has no tools');
  return ok({ schema, tools, mode: schema ? 'schema' : tools ? 'tools' : 'text', notes });
}

const isEndpoints = (problem: ModelProblem): boolean => !['no_tools', 'length_stop', 'bad_answer', 'stream_error', 'truncated'].includes(problem.kind);

function fits(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && 'colour' in value && ['red', 'green', 'blue'].includes(String(value.colour)) && 'sure_pct' in value && Number.isInteger(value.sure_pct);
  } catch { return false; }
}
