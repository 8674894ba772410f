import { isObject } from '#shared/lib/json.ts';
import { err, ok } from '#shared/lib/result.ts';
import { contract } from '#shared/rpc/contract.ts';
import type { RouterDesk } from '../rpc-router.ts';
import { nameOf, type Uploads } from './uploads.ts';

/** A desk that takes only uploads of this server: an id that no upload gave is refused before the engine makes a path of it. Imported uploads are removed; the engine keeps their bytes. */
export function withUploads(desk: RouterDesk, uploads: Uploads): RouterDesk {
  return {
    async call(name, input) {
      const ids = uploadsIn(name, input);
      if (!ids.every((id) => uploads.has(id))) return err('that upload is not (or no longer) known; add the file again');
      const result = await desk.call(name, input);
      if (result.ok && name === 'ingest.commit') await uploads.remove(ids);
      return result.ok && ids.length > 0 ? ok(withNames(result.value)) : result;
    },
  };
}

/** The answer with the names that the files came with, in place of the ids. */
function withNames(value: unknown): unknown {
  if (!isObject(value)) return value;
  const named = (file: unknown): unknown => (isObject(file) && typeof file['name'] === 'string' ? { ...file, name: nameOf(file['name']) } : file);
  return { ...value, ...(typeof value['name'] === 'string' && { name: nameOf(value['name']) }), ...(Array.isArray(value['files']) && { files: value['files'].map(named) }) };
}

function uploadsIn(name: string, input: unknown): readonly string[] {
  switch (name) {
    case 'ingest.preview': return [contract.ingest.preview.input.parse(input).upload];
    case 'ingest.commit': return contract.ingest.commit.input.parse(input).uploads;
    default: return [];
  }
}
