import { at, list, str } from '#shared/lib/json.ts';
import type { EntityType } from '#shared/model/finding.ts';

export interface SarifPlace {
  readonly entity: string; readonly entity_type: EntityType; readonly aliases: readonly string[]; readonly path: string; readonly line: string | undefined;
}

/**
 * Where a result is: `<repository>/<path>` when the run names its repository, else the path; without a file the logical location, the
 * repository, or the run itself. Paths are made relative to the run's base (`originalUriBaseIds`, working directory).
 */
export function sarifLocation(result: unknown, run: unknown, file: string): SarifPlace {
  const place = placeOf(result, run, file), image = str(run, 'properties', 'imageName');
  if (image === undefined) return place;
  // A scan of an image: what lies in it belongs to the image.
  const names = [...list(run, 'properties', 'repoTags'), ...list(run, 'properties', 'repoDigests')].flatMap((name) => str(name) ?? []);
  return { ...place, entity: image, entity_type: 'image', aliases: [...new Set(names)].filter((name) => name !== image) };
}

function placeOf(result: unknown, run: unknown, file: string): SarifPlace {
  const physical = at(result, 'locations', 0, 'physicalLocation');
  const artifact: unknown = at(physical, 'artifactLocation');
  const index = at(artifact, 'index');
  const uri = str(artifact, 'uri') ?? (typeof index === 'number' ? str(at(run, 'artifacts', index), 'location', 'uri') : undefined) ?? str(result, 'analysisTarget', 'uri');
  const repository = str(at(run, 'versionControlProvenance', 0), 'repositoryUri')?.replace(/(\.git)?\/*$/, '');
  const line = str(physical, 'region', 'startLine');
  if (uri === undefined) {
    const logical = str(at(result, 'locations', 0, 'logicalLocations', 0), 'fullyQualifiedName') ?? str(at(result, 'logicalLocations', 0), 'fullyQualifiedName');
    const entity = logical ?? repository ?? str(run, 'automationDetails', 'id') ?? file;
    return { entity, entity_type: entity === repository ? 'repository' : 'other', aliases: logical !== undefined && repository !== undefined ? [repository] : [], path: entity, line };
  }
  const path = relativePath(uri, run);
  const entity = repository === undefined || /^[a-z]+:\/\//i.test(path) ? path : `${repository}/${path}`;
  return { entity, entity_type: 'file', aliases: [...new Set([path, uri, ...(repository === undefined ? [] : [repository])])].filter((alias) => alias !== entity), path, line };
}

function relativePath(uri: string, run: unknown): string {
  const bases = [str(at(run, 'invocations', 0), 'workingDirectory', 'uri'), str(at(run, 'originalUriBaseIds'), '%SRCROOT%', 'uri'), str(at(run, 'originalUriBaseIds'), 'SRCROOT', 'uri'), str(at(run, 'originalUriBaseIds'), 'ROOTPATH', 'uri')];
  const base = bases.find((b) => b !== undefined && b !== 'file:///' && uri.startsWith(`${b.replace(/\/+$/, '')}/`));
  const path = base === undefined ? uri : uri.slice(base.replace(/\/+$/, '').length + 1);
  return decode(path.replace(/^file:\/\//, '').replace(/^\.\//, ''));
}

function decode(path: string): string {
  // A stray percent sign: the path then stays as it is written.
  try { return decodeURIComponent(path); } catch { return path; }
}
