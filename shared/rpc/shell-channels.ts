/** Every channel between the desktop's page and its main process, by what it is for. No zod here: the preload carries nothing but names. */
export const channels = {
  portWanted: 'winnow:port-wanted', port: 'winnow:port', upload: 'winnow:upload', openFile: 'winnow:open-file', openDialog: 'winnow:open-dialog', trust: 'winnow:trust',
  commands: 'winnow:commands', runCommand: 'winnow:run-command', go: 'winnow:go', engine: 'winnow:engine', secretInfo: 'winnow:secret-info', setSecret: 'winnow:set-secret', removeSecret: 'winnow:remove-secret',
} as const;

/** What `window.postMessage` says between page and preload to get a port. */
export const portMessages = { wanted: 'winnow:port-wanted', given: 'winnow:port' } as const;

/** One line of the page's shortcut table, as the native menu shows it. */
export interface MenuCommand { readonly id: string; readonly title: string; readonly group: string; readonly keys?: string; readonly blocked: boolean }

/** What the preload gives the page as `window.winnow`. Answers are checked by whoever asked. `F` is the page's File. */
export interface ShellApi<F> {
  /** Hands a file of the disk to the engine; gives what `POST /upload` gives. */
  upload(file: F): Promise<unknown>;
  /** Opens a dropped workspace file in a window of its own. */
  openFile(file: F): Promise<unknown>;
  /** Asks the person for a workspace file and opens it. */
  openDialog(): Promise<unknown>;
  /** Asks the person, in a dialog that no page can draw, whether this workspace is to be trusted. */
  trust(): Promise<unknown>;
  setCommands(commands: readonly MenuCommand[]): void;
  onCommand(run: (group: string, id: string) => void): void;
  onGo(go: (path: string) => void): void;
  onEngine(tell: (why: string) => void): void;
  /** Where secrets are kept, and the names of those that are there; no page ever reads one back. */
  secretInfo(): Promise<unknown>;
  setSecret(name: string, value: string): Promise<unknown>;
  removeSecret(name: string): Promise<unknown>;
}
