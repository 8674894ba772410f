import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { isObject, type JsonObject } from '#shared/lib/json.ts';
import type { Result } from '#shared/lib/result.ts';
import { readProblem } from '../find-files.ts';
import { EXIT, text, type Command, type CommandContext } from './command.ts';
import { printableJson } from './text-table.ts';

export const casesOption: Command['options'][number] = { name: 'cases', value: 'FILE', help: 'the cases: NDJSON, one JSON object a line; - reads standard input' };

/** The text of every line that is not blank, with its number from 1. */
async function* linesOf(path: string): AsyncGenerator<readonly [number, string]> {
  const input = path === '-' ? process.stdin : createReadStream(path);
  // Readline swallows errors of its input, so they are kept and thrown at the end.
  const problems: Error[] = [];
  const lines = createInterface({ input, crlfDelay: Infinity });
  input.on('error', (error: Error) => { problems.push(error); lines.close(); });
  let number = 0;
  for await (const line of lines) {
    number += 1;
    const clean = line.replace(/^\uFEFF/, '');
    if (clean.trim() !== '') yield [number, clean];
  }
  if (problems[0]) throw problems[0];
}

/** One answer to one line: `{id, …answer}`, or `{id?, error}` for a line that can't be read. Never throws. */
export async function answerLine(line: string, number: number, answer: (value: JsonObject) => Result<object> | Promise<Result<object>>): Promise<{ readonly output: object; readonly ok: boolean }> {
  let id = leadingId(line);
  try {
    const value: unknown = JSON.parse(line);
    if (!isObject(value)) return { output: { error: `line ${number}: not a JSON object` }, ok: false };
    id = ['string', 'number'].includes(typeof value['id']) ? { id: value['id'] } : {};
    const found = await answer(value);
    return found.ok ? { output: { ...id, ...found.value }, ok: true } : { output: { ...id, error: `line ${number}: ${found.error}` }, ok: false };
  } catch (error) {
    return { output: { ...id, error: `line ${number}: ${error instanceof SyntaxError ? 'malformed JSON: ' : ''}${error instanceof Error ? error.message.slice(0, 200) : String(error)}` }, ok: false };
  }
}

/** The id of a line that may be no JSON, where it stands first. */
function leadingId(line: string): object {
  const found = /^\s*\{\s*"id"\s*:\s*("(?:[^"\\]|\\.)*"|-?\d+)\s*[,}]/.exec(line)?.[1];
  try { return found === undefined ? {} : { id: JSON.parse(found) as unknown }; } catch { return {}; /* not even the id is JSON */ }
}

/**
 * Answers every line of `--cases`, in order, as NDJSON on stdout (with or without `--json`: that is one JSON document a line).
 * @returns 0 when every line could be read, 1 when one could not or the file can't be, 2 without `--cases`.
 */
export async function answerCases(context: CommandContext, answer: (value: JsonObject) => Result<object> | Promise<Result<object>>): Promise<number> {
  const path = text(context.values['cases']);
  if (path === undefined) return context.usage('--cases FILE is missing');
  let cases = 0, malformed = 0;
  try {
    for await (const [number, line] of linesOf(path)) {
      const { output, ok } = await answerLine(line, number, answer);
      cases += 1;
      if (!ok) malformed += 1;
      if (!process.stdout.write(`${printableJson(JSON.stringify(output))}\n`)) await new Promise((resolve) => { process.stdout.once('drain', resolve); });
    }
  } catch (error) {
    return context.fail(`${path}: ${readProblem(error)}`);
  }
  if (malformed > 0) context.say(`winnow: ${malformed} of ${cases} cases could not be read`);
  return malformed > 0 ? EXIT.problem : EXIT.done;
}
