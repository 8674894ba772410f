import { ModelFailure } from '../../model-problem.ts';
import { streamProblem } from './http-problem.ts';

/**
 * Lets a stream of newline-delimited JSON through as it is, and breaks it off where a line isn't JSON, the last one isn't complete, or a line is
 * `{"error": …}`: an answer that began with status 200 can still end in one.
 */
export function guardNdjson(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const decoder = new TextDecoder();
  let rest = '';
  const check = (line: string): void => {
    if (line.trim() === '') return;
    let value: unknown;
    try { value = JSON.parse(line); } catch { throw new ModelFailure('cut', `a line of the answer is not complete: ${line.slice(0, 60)}`); }
    if (typeof value === 'object' && value !== null && 'error' in value && value.error !== '') throw streamProblem(typeof value.error === 'string' ? value.error : JSON.stringify(value.error));
  };
  return body.pipeThrough(new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) { check(line); if (line.trim() !== '') controller.enqueue(encoder.encode(`${line}\n`)); }
    },
    flush(controller) { check(rest); if (rest.trim() !== '') controller.enqueue(encoder.encode(`${rest}\n`)); },
  }));
}
const encoder = new TextEncoder();
