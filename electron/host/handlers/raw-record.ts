import { err, ok, type Result } from '#shared/lib/result.ts';
import type { App } from '../create-app.ts';
import type { InputOf, OutputOf } from '../procedure.ts';
import { readImported } from '../raw-file.ts';

/** Longest text of a record that is sent; what is cut says so. */
const MOST_CHARACTERS = 256 * 1024;

/** A finding with the record that it was read from, as the tool wrote it. `raw` is null when the file's bytes are no longer kept. */
export async function rawRecord(app: App, input: InputOf<'incident.raw'>): Promise<Result<OutputOf<'incident.raw'>>> {
  const found = app.tables.findings.get(input.finding_id);
  if (!found) return err(`there is no finding ${input.finding_id}`);
  const file = app.tables.rawFiles.get(found.raw_id);
  const base = { finding: found.finding, file: file?.path ?? '', record: found.record };
  for await (const item of readImported(app, found.raw_id)) {
    if (item.index < found.record) continue;
    const text = 'raw_text' in item ? item.raw_text : null;
    return ok({ ...base, raw: text !== null && text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}\n… cut, ${text.length - MOST_CHARACTERS} characters more` : text });
  }
  return ok({ ...base, raw: null });
}
