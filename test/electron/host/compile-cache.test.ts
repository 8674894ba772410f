import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { inTempFolder, ROOT } from '../../scenarios/winnow.ts';

/** Starts an engine and says how many compiled modules lie in the folder while it runs. */
const script = (dir: string, file: string): string => `
  import { readdirSync } from 'node:fs';
  import { startEngine } from ${JSON.stringify(pathToFileURL(join(ROOT, 'electron', 'host', 'engine-client.ts')))};
  const engine = await startEngine({ file: ${JSON.stringify(file)}, create: true, rootDir: ${JSON.stringify(ROOT)}, onProgress: () => undefined });
  console.log(readdirSync(${JSON.stringify(dir)}, { recursive: true, withFileTypes: true }).filter((f) => f.isFile()).length);
  if (engine.ok) await engine.value.close();`;

it('what the engine compiled is there for the threads that start beside it', async () => {
  await inTempFolder(async (folder) => {
    const dir = join(folder, 'compiled'), entry = join(folder, 'entry.mjs');
    writeFileSync(entry, script(dir, join(folder, 'w.db')));
    const { stdout } = await promisify(execFile)(process.execPath, [entry], { env: { ...process.env, NODE_COMPILE_CACHE: dir } });
    expect(Number(stdout)).toBeGreaterThan(100);
  });
});
