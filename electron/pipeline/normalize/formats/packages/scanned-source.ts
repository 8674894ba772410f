import { at, isObject, list, str } from '#shared/lib/json.ts';
import type { RecordContext } from '../../../ports.ts';
import type { EntityId } from '../../aws-entity.ts';

/** What Syft and Grype scanned: an image by its reference, else a directory, file or bill of materials by its path. */
export function scannedSource(source: unknown, context: RecordContext): EntityId {
  const target = at(source, 'target'), kind = str(source, 'type');
  if (kind === 'image' && isObject(target)) return imageOf(target, context);
  const path = (typeof target === 'string' ? target : str(target, 'path') ?? str(source, 'name') ?? '').replace(/^"(.*)"$/, '$1').replace(/(?<=.)\/+$/, '');
  const isNamed = path !== '' && path !== '.';
  return { entity: isNamed ? path : context.path, entity_type: kind === 'file' ? 'file' : 'repository', aliases: [] };
}

function imageOf(target: unknown, context: RecordContext): EntityId {
  const [input, id, digest] = [str(target, 'userInput'), str(target, 'imageID'), str(target, 'manifestDigest')];
  const tags = list(target, 'tags').map(String), digests = list(target, 'repoDigests').map(String);
  // An image in an archive is called by its file; the tag inside is what it is known by.
  const isFile = input !== undefined && /\.(tar|tgz|tar\.gz)$/.test(input);
  const entity = (isFile ? tags[0] : undefined) ?? input ?? tags[0] ?? digests[0] ?? id ?? context.path;
  return { entity, entity_type: 'image', aliases: [...new Set([input, ...tags, ...digests, id, digest])].filter((name) => name !== undefined && name !== entity).map(String) };
}
