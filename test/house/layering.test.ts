import { describe, expect, it } from 'vitest';
import { checkCycles } from './rules/cycles.ts';
import { areaOf, checkLayering } from './rules/layering.ts';
import { report, treeOf } from './rules/tree.ts';

const layering = (path: string, text: string): readonly string[] => report(checkLayering(treeOf({ [path]: text })));

describe('layering', () => {
  it.each([
    ['shared/lib/a.ts', `import { x } from '#electron/store/open.ts';`, 'shared must not import store (electron/store/open.ts)'],
    ['shared/lib/a.ts', `import { parse } from 'yaml';`, 'shared imports no package but zod (yaml)'],
    ['shared/lib/a.ts', `import { join } from 'node:path';`, `shared must not import Node's node:path`],
    ['electron/evaluate/a.ts', `import { readFileSync } from 'fs';`, `evaluate must not import Node's fs`],
    ['electron/evaluate/a.ts', `import { parse } from 'yaml';`, 'evaluate imports no package but zod and ipaddr.js (yaml)'],
    ['electron/evaluate/a.ts', `import { x } from '../pipeline/ports.ts';`, 'evaluate must not import pipeline/ports (electron/pipeline/ports.ts)'],
    ['electron/pipeline/route/route.ts', `import { x } from '../triage/triage.ts';`, 'pipeline/route must not import pipeline/triage (electron/pipeline/triage/triage.ts)'],
    ['electron/pipeline/route/route.ts', `import type { X } from '#electron/pipeline/run.ts';`, 'pipeline/route must not import pipeline (electron/pipeline/run.ts)'],
    ['electron/pipeline/triage/triage.ts', `import { x } from '#electron/evaluate/a.ts';`, 'pipeline/triage must not import evaluate (electron/evaluate/a.ts)'],
    ['electron/pipeline/ports.ts', `import { x } from './graph/build-graph.ts';`, 'pipeline/ports must not import pipeline/graph (electron/pipeline/graph/build-graph.ts)'],
    ['electron/pipeline/run.ts', `import { x } from '#electron/store/open.ts';`, 'pipeline must not import store (electron/store/open.ts)'],
    ['electron/tools/a.ts', `export { x } from '../store/open.ts';`, 'tools must not import store (electron/store/open.ts)'],
    ['electron/agent/a.ts', `const x = await import('../tools/all.ts');`, 'agent must not import tools (electron/tools/all.ts)'],
    ['electron/audit/a.ts', `type X = import('../report/pdf.ts').Pdf;`, 'audit must not import report (electron/report/pdf.ts)'],
    ['electron/host/a.ts', `import { x } from '../shell/main.ts';`, 'host must not import shell (electron/shell/main.ts)'],
    ['electron/workers/engine.ts', `import { x } from '../shell/main.ts';`, 'workers must not import shell (electron/shell/main.ts)'],
    ['electron/store/a.ts', `import { x } from '../workers/engine.ts';`, 'store must not import workers (electron/workers/engine.ts)'],
    ['electron/host/a.ts', `import { app } from 'electron';`, 'only shell imports electron'],
    ['test/e2e/a.spec.ts', `import { app } from 'electron/main';`, 'only shell imports electron'],
    ['electron/store/tables/a.ts', `import Database from 'better-sqlite3';`, 'only store/open.ts imports better-sqlite3'],
    ['electron/host/a.ts', `import type { Database } from 'better-sqlite3';`, 'only store/open.ts imports better-sqlite3'],
    ['electron/host/a.ts', `import { join } from 'path';`, 'write node:path'],
    ['electron/host/a.ts', `import { x } from '../../test/graph-of.ts';`, 'host must not import test (test/graph-of.ts)'],
    ['electron/host/a.ts', `import x from '../../resources/a.json' with { type: 'json' };`, 'imports resources/a.json, which lies in no room'],
    ['electron/host/a.ts', `const x = await import(name);`, 'imports a computed path; name the module'],
    ['electron/host/a.ts', `const x = require(name);`, 'imports a computed path; name the module'],
    ['renderer/features/review/a.tsx', `import { x } from '../replay/b.tsx';`, 'renderer/features/review must not import renderer/features/replay (renderer/features/replay/b.tsx)'],
    ['renderer/features/review/a.tsx', `import { x } from '../../app/layout.tsx';`, 'renderer/features/review must not import renderer/app (renderer/app/layout.tsx)'],
    ['renderer/ui/a.tsx', `import { x } from '../state/bridge.ts';`, 'renderer/ui must not import renderer/state (renderer/state/bridge.ts)'],
    ['renderer/state/bridge.ts', `import { x } from '#electron/host/a.ts';`, 'renderer/state must not import host (electron/host/a.ts)'],
    ['renderer/state/bridge.ts', `import { x } from 'node:path';`, `renderer/state must not import Node's node:path`],
    ['electron/misc/a.ts', ``, 'lies in no room of the architecture'],
    ['electron/a.ts', ``, 'lies in no room of the architecture'],
    ['electron/pipeline/score/a.ts', ``, 'lies in no room of the architecture'],
    ['renderer/features/a.tsx', ``, 'lies in no room of the architecture'],
  ])('refuses in %s: %s', (path, text, message) => {
    expect(layering(path, text)).toEqual([`${path}:1 ${message}`]);
  });

  it.each([
    ['shared/model/a.ts', `import { z } from 'zod'; import { x } from '../lib/b.ts';`],
    ['electron/evaluate/a.ts', `import ipaddr from 'ipaddr.js'; import { z } from 'zod'; import { x } from '#shared/lib/b.ts';`],
    ['electron/pipeline/graph/importers/a.ts', `import { x } from '../../ports.ts'; import { y } from '../build-graph.ts'; import { z } from '#electron/evaluate/a.ts'; import { parse } from 'yaml';`],
    ['electron/pipeline/validate/checks/a.ts', `import { x } from '#electron/evaluate/a.ts'; import { createHash } from 'node:crypto';`],
    ['electron/pipeline/run.ts', `import { x } from './graph/build-graph.ts'; import { y } from './triage/triage.ts';`],
    ['electron/tools/a.ts', `import { x } from '#electron/evaluate/a.ts'; import { y } from './tool.ts';`],
    ['electron/store/open.ts', `import Database from 'better-sqlite3';`],
    ['electron/store/tables/a.ts', `import type { Database } from 'better-sqlite3'; import { x } from '../open.ts';`],
    ['electron/host/handlers/a.ts', `import { x } from '#electron/pipeline/run.ts'; import { y } from '#electron/store/open.ts'; import { z } from '#electron/workers/a.ts';`],
    ['electron/workers/a.ts', `import { x } from '#electron/host/create-app.ts'; import { y } from '#electron/pipeline/run.ts';`],
    ['electron/shell/main.ts', `import { app } from 'electron'; import { x } from '../host/create-app.ts';`],
    ['renderer/app/app.tsx', `import { x } from '../features/review/a.tsx'; import { y } from '../ui/button.tsx';`],
    ['renderer/features/review/a.tsx', `import { x } from './b.tsx'; import { y } from '../../state/bridge.ts'; import { z } from '#shared/rpc/contract.ts';`],
    ['test/electron/a.test.ts', `import { x } from '#electron/store/open.ts'; import Database from 'better-sqlite3'; const y = await import(name);`],
  ])('accepts in %s: %s', (path, text) => {
    expect(layering(path, text)).toEqual([]);
  });

  it('names the line of the import', () => {
    expect(layering('electron/agent/a.ts', `// one\n\nimport { x } from '../tools/a.ts';\n`)).toEqual(['electron/agent/a.ts:3 agent must not import tools (electron/tools/a.ts)']);
  });

  it('tells the stages, the ports and the orchestrator apart', () => {
    expect(['electron/pipeline/ports.ts', 'electron/pipeline/run.ts', 'electron/pipeline/graph/importers/a.ts', 'shared/lib/a.ts'].map(areaOf))
      .toEqual(['pipeline/ports', 'pipeline', 'pipeline/graph', 'shared']);
  });
});

describe('cycles', () => {
  it('finds a cycle through three files, types included, and names its path', () => {
    const tree = treeOf({
      'shared/a.ts': `import { b } from './b.ts';`, 'shared/b.ts': `\nimport type { C } from '#shared/c.ts';`, 'shared/c.ts': `export { a } from './a.ts';`,
    });
    expect(report(checkCycles(tree))).toEqual(['shared/c.ts:1 import cycle: shared/a.ts → shared/b.ts → shared/c.ts → shared/a.ts']);
  });

  it('finds two cycles that do not touch, and a file that imports itself', () => {
    const tree = treeOf({
      'shared/a.ts': `import './b.ts';`, 'shared/b.ts': `import './a.ts';`, 'shared/c.ts': `import './c.ts';`,
    });
    expect(report(checkCycles(tree))).toEqual(['shared/b.ts:1 import cycle: shared/a.ts → shared/b.ts → shared/a.ts', 'shared/c.ts:1 import cycle: shared/c.ts → shared/c.ts']);
  });

  it('accepts a diamond', () => {
    const tree = treeOf({ 'shared/a.ts': `import './b.ts'; import './c.ts';`, 'shared/b.ts': `import './d.ts';`, 'shared/c.ts': `import './d.ts';`, 'shared/d.ts': '' });
    expect(checkCycles(tree)).toEqual([]);
  });
});
