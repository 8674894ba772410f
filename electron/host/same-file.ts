import { importers } from '#electron/pipeline/graph/importers/all.ts';
import type { Home } from '#electron/pipeline/ports.ts';
import type { Tables } from '#electron/store/tables.ts';
import type { RawFileRow } from '#electron/store/tables/raw-files.ts';
import { readContext } from './record-context.ts';

/** `name`: as it is stored; `path`: where the file lies, from the root where that is known. */
interface Given { readonly sha256: string; readonly format: string; readonly name: string; readonly path: string; readonly home: Home }
type Told = Readonly<Record<string, string | undefined>>;

/**
 * The import of the same file: of the same bytes, which tell the same where this one lies. An answer that doesn't name what it is about is another one
 * beside another account's answers, and under the name of another resource. A file is also the same when its place is that of the stored one and neither
 * contradicts the other: what lies beside it may have changed, and older imports didn't always keep the region. One whose path tells more than the stored one is read again.
 */
export function sameFile({ rawFiles }: Pick<Tables, 'rawFiles'>, given: Given): RawFileRow | undefined {
  const candidates = rawFiles.withBytes(given.sha256, given.format), importer = importers.find((i) => i.name === given.format);
  // Findings and events are told by their content.
  if (!importer) return candidates[0];
  const tells = (path: string, home: Home): Told => { const hints = importer.fromPath?.(path) ?? {}; return { ...hints, account: hints['account'] ?? home.account, region: hints['region'] ?? home.region }; };
  return candidates.find((row) => {
    const first = rawFiles.firstRecord(row.raw_id), record = first === undefined ? undefined : rawFiles.record(row.raw_id, first);
    // Nothing was read yet, or there was nothing to read: then its neighbours make no difference.
    const theirs = tells(row.path, record === undefined ? given.home : readContext(record.context).home ?? {}), ours = tells(given.name, given.home);
    return agree(theirs, ours, (a, b) => a === b) || (isAt(given.path, row.path) && agree(theirs, ours, (a, b, key) => a === b || b === undefined || (a === undefined && key === 'region')));
  });
}

const agree = (a: Told, b: Told, like: (a: string | undefined, b: string | undefined, key: string) => boolean): boolean => [...new Set([...Object.keys(a), ...Object.keys(b)])].every((key) => like(a[key], b[key], key));

/** Does a stored path, which may have been told from another folder, end where the file lies? */
function isAt(path: string, stored: string): boolean {
  const segments = (text: string): readonly string[] => text.split(/[\\/]/).filter((s) => s !== '' && s !== '.' && s !== '..');
  const wanted = segments(stored);
  return wanted.length > 0 && segments(path).slice(-wanted.length).join('/') === wanted.join('/');
}
