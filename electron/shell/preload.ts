import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { channels, portMessages, type ShellApi } from '#shared/rpc/shell-channels.ts';

// The whole of what a page can reach. Nothing of Electron goes through as it is: only these functions, and a port to the engine.

window.addEventListener('message', (event: MessageEvent<unknown>) => { if (event.source === window && event.data === portMessages.wanted) ipcRenderer.send(channels.portWanted); });
ipcRenderer.on(channels.port, (event) => { window.postMessage(portMessages.given, location.origin, [...event.ports]); });

/** A file's place on the disk can't be made up by a page: it comes from the choice or the drop itself. Empty for what was made in the page. */
const placeOf = (file: File): { readonly path: string; readonly name: string } => ({ path: webUtils.getPathForFile(file), name: file.name });

const api: ShellApi<File> = {
  upload: (file) => ipcRenderer.invoke(channels.upload, placeOf(file)),
  openFile: (file) => ipcRenderer.invoke(channels.openFile, placeOf(file)),
  openDialog: () => ipcRenderer.invoke(channels.openDialog),
  trust: () => ipcRenderer.invoke(channels.trust),
  setCommands: (commands) => { ipcRenderer.send(channels.commands, commands); },
  onCommand: (run) => { ipcRenderer.on(channels.runCommand, (_, group: unknown, id: unknown) => { if (typeof group === 'string' && typeof id === 'string') run(group, id); }); },
  onGo: (go) => { ipcRenderer.on(channels.go, (_, path: unknown) => { if (typeof path === 'string') go(path); }); },
  onEngine: (tell) => { ipcRenderer.on(channels.engine, (_, why: unknown) => { if (typeof why === 'string') tell(why); }); },
  secretInfo: () => ipcRenderer.invoke(channels.secretInfo),
  setSecret: (name, value) => ipcRenderer.invoke(channels.setSecret, { name, value }),
  removeSecret: (name) => ipcRenderer.invoke(channels.removeSecret, name),
};
contextBridge.exposeInMainWorld('winnow', api);
