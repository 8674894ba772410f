import { useEffect } from 'react';
import { addFiles } from '../features/ingest/waiting.ts';
import { isDesktop, isWorkspaceFile, openWorkspaceFile } from '../state/desktop.ts';
import { currentRoute, navigate } from '../state/router.ts';
import { useStore } from '../state/store.ts';

/**
 * Files dropped on any screen go to the ingest screen's preview (which takes them itself while it is there). On the desktop a workspace file opens
 * in a window of its own instead.
 */
export function useDroppedFiles(): void {
  useEffect(() => {
    const over = (event: DragEvent): void => { if (hasFiles(event)) event.preventDefault(); };
    const drop = (event: DragEvent): void => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      const files = [...(event.dataTransfer?.files ?? [])];
      const workspaces = isDesktop() ? files.filter(isWorkspaceFile) : [];
      for (const file of workspaces) void openWorkspaceFile(file).then((opened) => { if (!opened.ok) useStore.getState().setTrouble(opened.error); });
      if (workspaces.length > 0 || currentRoute().path === '/ingest') return;
      const isFolder = [...(event.dataTransfer?.items ?? [])].some((item) => item.webkitGetAsEntry()?.isDirectory === true);
      if (isFolder) { useStore.getState().setTrouble('A window can\'t read folders: drop the files in it.'); return; }
      addFiles(files);
      navigate('/ingest');
    };
    addEventListener('dragover', over);
    addEventListener('drop', drop);
    return () => { removeEventListener('dragover', over); removeEventListener('drop', drop); };
  }, []);
}

const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') === true;
