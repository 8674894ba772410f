import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { checkCycles } from './rules/cycles.ts';
import { checkLayering } from './rules/layering.ts';
import { checkMigrations } from './rules/migrations.ts';
import { checkNames } from './rules/names.ts';
import { checkDeclared, checkLicences, checkLock, checkVersions, lockSchema, manifestSchema } from './rules/packages.ts';
import { checkRooms } from './rules/rooms.ts';
import { checkSizes, functionSizes, limits } from './rules/sizes.ts';
import { checkTopLevel } from './rules/top-level.ts';
import { readTree, report } from './rules/tree.ts';

const root = join(import.meta.dirname, '../..');
const tree = readTree(root);
const readJson = (path: string): unknown => JSON.parse(readFileSync(join(root, path), 'utf8'));
const manifest = manifestSchema.parse(readJson('package.json'));
const lock = lockSchema.parse(readJson('package-lock.json'));
const packageSchema = z.object({ license: z.string().optional() });

function licenseOf(path: string): string | undefined {
  const file = `${path}/package.json`;
  return existsSync(join(root, file)) ? packageSchema.parse(readJson(file)).license : undefined;
}

describe('the house', () => {
  it('is read: shared, electron and test are there', () => {
    const tops = new Set(tree.sources.map(({ path }) => path.split('/')[0]));
    expect([...tops]).toEqual(expect.arrayContaining(['electron', 'shared', 'test']));
  });

  it('keeps its walls: every import goes where the architecture lets it', () => expect(report(checkLayering(tree))).toEqual([]));

  it('has no import cycle', () => expect(report(checkCycles(tree))).toEqual([]));

  it('registers and tests everything in the rooms', () => expect(report(checkRooms(tree))).toEqual([]));

  it('keeps files, functions and READMEs short', () => {
    const long = functionSizes(tree).filter(({ file, lines }) => lines > limits.aim && !file.startsWith('test/'));
    if (long.length > 0) console.info(`functions over the aim of ${limits.aim} lines: ${long.map(({ file, line, name, lines }) => `${file}:${line} ${name} (${lines})`).join(', ')}`);
    expect(report(checkSizes(tree))).toEqual([]);
  });

  it('names things well and silences nothing', () => expect(report(checkNames(tree))).toEqual([]));

  it('has nothing at the top level that the design does not name', () => {
    expect(report(checkTopLevel(readdirSync(root), readFileSync(join(root, '.gitignore'), 'utf8')))).toEqual([]);
  });

  it('numbers its migrations without a gap', () => expect(report(checkMigrations(tree))).toEqual([]));

  it('pins every dependency exactly', () => expect(report(checkVersions(manifest))).toEqual([]));

  it('locks every platform package, so that npm ci works everywhere', () => expect(report(checkLock(lock))).toEqual([]));

  it('imports only packages that it declares', () => expect(report(checkDeclared(tree, manifest))).toEqual([]));

  it('uses permissive licences only in production', () => expect(report(checkLicences(lock, licenseOf))).toEqual([]));
});
