import { isBuiltin } from 'node:module';
import { z } from 'zod';
import { packageOf } from './source.ts';
import type { Breach, Tree } from './tree.ts';

const versions = z.record(z.string(), z.string()).default({});
export const manifestSchema = z.object({ dependencies: versions, devDependencies: versions, optionalDependencies: versions });
export const lockSchema = z.object({
  packages: z.record(z.string(), z.object({
    dev: z.boolean().default(false), optional: z.boolean().default(false), license: z.string().optional(), optionalDependencies: versions,
  })),
});
export type Manifest = z.infer<typeof manifestSchema>;
export type Lock = z.infer<typeof lockSchema>;

/** SPDX ids that ask for no more than notice and attribution. */
const permissive = new Set(['MIT', 'MIT-0', 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', 'BlueOak-1.0.0', 'CC0-1.0', 'Unlicense', 'Zlib', 'Python-2.0']);

/** Is an SPDX expression permissive? `OR` needs one side, `AND` both; anything unknown, `WITH` included, is not. */
export function isPermissive(expression: string): boolean {
  const bare = expression.trim().replace(/^\((.*)\)$/, '$1');
  if (/[()]/.test(bare)) return false;
  return bare.split(/ OR /).some((side) => side.split(/ AND /).every((id) => permissive.has(id.trim())));
}

/** Versions in package.json that are not exact. */
export function checkVersions(manifest: Manifest): readonly Breach[] {
  return [manifest.dependencies, manifest.devDependencies, manifest.optionalDependencies].flatMap((list) => Object.entries(list))
    .filter(([, version]) => !/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/.test(version))
    .map(([name, version]) => ({ file: 'package.json', line: 1, message: `${name} is not pinned exactly (${version})` }));
}

/**
 * Licences of everything that is installed for production, direct or not.
 * @param licenseOf the licence in the package's own package.json by its path in the lockfile (`node_modules/zod`); undefined when it isn't
 *   installed. Only a package for another platform may be missing: then the lockfile's word counts.
 */
export function checkLicences(lock: Lock, licenseOf: (path: string) => string | undefined): readonly Breach[] {
  return Object.entries(lock.packages).filter(([path, entry]) => path !== '' && !entry.dev).flatMap(([path, entry]) => {
    const breach = (message: string): readonly Breach[] => [{ file: path, line: 1, message }];
    const license = licenseOf(path) ?? (entry.optional ? entry.license : undefined);
    if (license === undefined) return breach('names no licence or is not installed');
    return isPermissive(license) ? [] : breach(`has the licence ${license}, which is not on the permissive list`);
  });
}

/**
 * Platform packages that the lockfile lacks. npm leaves them out silently when the registry doesn't have that version, and `npm ci` then
 * refuses the lockfile: pin a version of the parent whose platform packages are all published.
 */
export function checkLock(lock: Lock): readonly Breach[] {
  return Object.entries(lock.packages).flatMap(([path, { optionalDependencies }]) => Object.keys(optionalDependencies)
    .filter((name) => !Object.hasOwn(lock.packages, `node_modules/${name}`) && !Object.hasOwn(lock.packages, `${path}/node_modules/${name}`))
    .map((name) => ({ file: 'package-lock.json', line: 1, message: `lacks ${name}, which ${path === '' ? 'package.json' : path} lists` })));
}

/** Packages that a file imports and package.json doesn't list, or that it lists for development only while the engine needs them. */
export function checkDeclared(tree: Tree, manifest: Manifest): readonly Breach[] {
  const atRunTime = { ...manifest.dependencies, ...manifest.optionalDependencies };
  const any = { ...atRunTime, ...manifest.devDependencies };
  return tree.sources.flatMap(({ path, imports }) => imports.flatMap(({ specifier, file, line, isType }) => {
    if (file !== undefined || isBuiltin(specifier)) return [];
    const name = packageOf(specifier);
    if (!Object.hasOwn(any, name)) return [{ file: path, line, message: `${name} is not in package.json` }];
    // The bundler puts the renderer's and the shell's packages into the build, and types are gone at run time.
    const isBundled = /^(test|renderer|electron\/shell)\//.test(path);
    return isType || isBundled || Object.hasOwn(atRunTime, name) ? [] : [{ file: path, line, message: `${name} is only a development dependency` }];
  }));
}
