import type { Completion, ModelProblem } from '#shared/model/agent.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { ChatPart } from './model-port.ts';

/** Most characters of one answer that are kept: a model that never ends is cut here, whatever it was told. */
const MOST = 200_000;

/** Puts the parts of one answer together. An answer that stopped at its length is returned as such: who asked decides. */
export async function collect(parts: AsyncIterable<ChatPart>, onPart?: (part: ChatPart) => void): Promise<Result<Completion, ModelProblem>> {
  let text = '', thinking = '';
  const tool_calls: Completion['tool_calls'][number][] = [];
  for await (const part of parts) {
    onPart?.(part);
    switch (part.type) {
      case 'text': text = (text + part.text).slice(0, MOST); break;
      case 'thinking': thinking = (thinking + part.text).slice(0, MOST); break;
      case 'tool_call': if (tool_calls.length < 16) tool_calls.push({ name: part.name, arguments: part.arguments }); break;
      case 'failed': return err(part.problem);
      case 'done': return ok({ text, thinking, tool_calls, stop: part.stop, model: part.model, usage: part.usage, timings: part.timings });
    }
  }
  return err({ kind: 'cut', endpoint: '', detail: 'the answer ended without its last part' });
}
