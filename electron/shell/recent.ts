import { existsSync } from 'node:fs';
import { app } from 'electron';
import { z } from 'zod';
import type { SettingsFile } from './settings-file.ts';

export const recentSchema = z.object({ files: z.array(z.string().min(1).max(4096)).max(50).default([]) });
const MOST = 10;

/** Workspaces that were opened, the newest first; those that are gone are left out. The system's own list is kept along. */
export function openRecent(file: SettingsFile<z.output<typeof recentSchema>>) {
  return {
    list: (): readonly string[] => file.get().files.filter((each) => existsSync(each)),
    add(path: string): void {
      file.set({ files: [path, ...file.get().files.filter((each) => each !== path)].slice(0, MOST) });
      app.addRecentDocument(path);
    },
    clear(): void { file.set({ files: [] }); app.clearRecentDocuments(); },
  };
}
export type Recent = ReturnType<typeof openRecent>;
