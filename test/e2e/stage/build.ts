import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { TestProject } from 'vitest/node';
import { buildRenderer } from '#electron/host/serve/build-renderer.ts';
import { ROOT } from './engine.ts';
import { fillWorkspace } from './fill-workspace.ts';
import { findChromium } from './find-chromium.ts';

declare module 'vitest' {
  interface ProvidedContext { /** The demo's workspace; '' without a Chromium. */ readonly filled: string }
}

/** Before the browser tests: the page and one workspace, built once for all of them. Nothing where there is no Chromium to show them. */
export async function setup(project: TestProject): Promise<(() => void) | undefined> {
  if (findChromium() === undefined) { project.provide('filled', ''); return undefined; }
  const page = await buildRenderer(ROOT, (words) => { console.info(words); });
  if (!page.ok) throw new Error(page.error);
  const filled = fillWorkspace();
  project.provide('filled', filled);
  return () => { rmSync(dirname(filled), { recursive: true, force: true }); };
}
