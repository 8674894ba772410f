import { useEffect, useRef, useState } from 'react';
import { isDesktop, isWorkspaceFile } from '../../state/desktop.ts';

/**
 * Takes files dropped anywhere in the window while the screen is there; the desktop opens workspaces itself (app/use-dropped-files.ts). Folders can't be read from a drop and are named instead.
 * @returns whether files are being dragged over the window
 */
export function useWindowDrop(onFiles: (files: readonly File[], folders: readonly string[]) => void): boolean {
  const [isOver, setOver] = useState(false);
  const latest = useRef(onFiles);
  latest.current = onFiles;
  useEffect(() => {
    // Each element on the way reports its own enter and leave; the window is left when they are even.
    let depth = 0;
    const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') === true;
    const enter = (event: DragEvent): void => { if (hasFiles(event)) { depth += 1; setOver(true); } };
    const leave = (event: DragEvent): void => { if (hasFiles(event)) { depth = Math.max(0, depth - 1); setOver(depth > 0); } };
    const over = (event: DragEvent): void => { if (hasFiles(event)) { event.preventDefault(); if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy'; } };
    const drop = (event: DragEvent): void => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      depth = 0;
      setOver(false);
      const items = [...(event.dataTransfer?.items ?? [])].filter((item) => item.kind === 'file');
      const isFolder = (item: DataTransferItem): boolean => item.webkitGetAsEntry()?.isDirectory === true;
      const files = items.filter((item) => !isFolder(item)).flatMap((item) => item.getAsFile() ?? []).filter((file) => !(isDesktop() && isWorkspaceFile(file)));
      latest.current(files, items.filter(isFolder).map((item) => item.webkitGetAsEntry()?.name ?? 'folder'));
    };
    const pairs = [['dragenter', enter], ['dragleave', leave], ['dragover', over], ['drop', drop]] as const;
    for (const [name, listener] of pairs) addEventListener(name, listener);
    return () => { for (const [name, listener] of pairs) removeEventListener(name, listener); };
  }, []);
  return isOver;
}
