import { at, list, str } from '#shared/lib/json.ts';
import type { EntityType } from '#shared/model/finding.ts';

export interface SarifPlace {
  readonly entity: string; readonly entity_type: EntityType; readonly aliases: readonly string[]; readonly path: string; readonly line: string | undefined;
  /** What tells this place from others: the entity, more exactly where one has several. */
  readonly id: string;
}

/**
 * Where a result is: `<repository>/<path>` when the run names its repository, else the path; without a file the logical location, the
 * repository, or the run itself. Paths are made relative to the run's base (`originalUriBaseIds`, working directory).
 */
export function sarifLocation(result: unknown, run: unknown, file: string): SarifPlace {
  const place = placeOf(result, run, file), image = str(run, 'properties', 'imageName') ?? imageOf(result);
  if (image === undefined) return place;
  // A scan of an image: what lies in it belongs to the image.
  const names = [...list(run, 'properties', 'repoTags'), ...list(run, 'properties', 'repoDigests')].flatMap((name) => str(name) ?? []);
  return { ...place, entity: image, id: image, entity_type: 'image', aliases: [...new Set(names)].filter((name) => name !== image) };
}

/** Grype writes the image into the logical place (`nginx:1.25@sha256:<layer>:/var/lib/dpkg/status`): the physical one is the same in every image. */
const imageOf = (result: unknown): string | undefined => /^(.+)@sha256:[0-9a-f]+:\//.exec(str(result, 'locations', 0, 'logicalLocations', 0, 'fullyQualifiedName') ?? '')?.[1];

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
    return { entity, id: entity, entity_type: entity === repository ? 'repository' : 'other', aliases: logical !== undefined && repository !== undefined ? [repository] : [], path: entity, line };
  }
  const path = relativePath(uri, run), host = hostOf(path);
  if (host !== undefined) return { entity: host, id: path, entity_type: 'host', aliases: [], path, line };
  const entity = repository === undefined || /^[a-z]+:\/\//i.test(path) ? path : `${repository}/${path}`;
  return { entity, id: entity, entity_type: 'file', aliases: [...new Set([path, uri, ...(repository === undefined ? [] : [repository])])].filter((alias) => alias !== entity), path, line };
}

/** The host of the address that a scanner of running applications tried; none of a file that is named by its address in a repository. */
function hostOf(path: string): string | undefined {
  if (/\/(blob|raw|tree|src|-)\//.test(path) || /\bpath=/.test(path)) return undefined;
  return /^https?:\/\/(?:[^/@]*@)?(\[[^\]]+\]|[^/:?#]+)/i.exec(path.slice(0, 2000))?.[1]?.replace(/^\[(.*)\]$/, '$1').toLowerCase();
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
