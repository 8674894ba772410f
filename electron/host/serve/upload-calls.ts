import { err } from '#shared/lib/result.ts';
import { contract } from '#shared/rpc/contract.ts';
import type { RouterDesk } from '../rpc-router.ts';
import type { Uploads } from './uploads.ts';

/**
 * A desk that takes upload ids where the engine takes files. An id that no upload gave is refused, so that a page can never name a file of
 * this machine. Imported uploads are removed; the engine keeps their bytes.
 */
export function withUploads(desk: RouterDesk, uploads: Uploads): RouterDesk {
  const unknown = err('that upload is not (or no longer) known; add the file again');
  return {
    async call(name, input) {
      if (name === 'ingest.preview') {
        const file = uploads.pathOf(contract.ingest.preview.input.parse(input).upload);
        return file === undefined ? unknown : desk.call(name, { upload: file });
      }
      if (name !== 'ingest.commit') return desk.call(name, input);
      const ids = contract.ingest.commit.input.parse(input).uploads;
      const files = ids.flatMap((id) => uploads.pathOf(id) ?? []);
      if (files.length !== ids.length) return unknown;
      const result = await desk.call(name, { uploads: files });
      if (result.ok) await uploads.remove(ids);
      return result;
    },
  };
}
