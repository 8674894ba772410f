import { join } from 'node:path';
import { flipFuses, FuseV1Options, FuseVersion, type FuseV1Config } from '@electron/fuses';

/** Switches in Electron's own program, set when it is packaged: they hold before any code of ours runs, and no start can change them. All of them are named. */
export const fuses: FuseV1Config = {
  version: FuseVersion.V1, strictlyRequireAllFuses: true, resetAdHocDarwinSignature: true,
  // The program can't be made to run as plain Node, take Node's options, or open a debugger.
  [FuseV1Options.RunAsNode]: false, [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: false, [FuseV1Options.EnableNodeCliInspectArguments]: false,
  // It runs what was packaged and nothing else, and checks that against the hash in the program (macOS and Windows; Linux has no such check).
  [FuseV1Options.OnlyLoadAppFromAsar]: true, [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: true,
  [FuseV1Options.EnableCookieEncryption]: true, [FuseV1Options.GrantFileProtocolExtraPrivileges]: false, [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  // What WebAssembly's bounds checks rest on.
  [FuseV1Options.WasmTrapHandlers]: true,
};

/** What electron-builder tells about a package; its own type brings more along than is needed. */
export interface Packed { readonly appOutDir: string; readonly electronPlatformName: string; readonly packager: { readonly appInfo: { readonly productFilename: string }; readonly executableName?: string } }

/** Where the packaged program lies. */
export function programOf({ appOutDir, electronPlatformName, packager }: Packed): string {
  const name = packager.appInfo.productFilename;
  switch (electronPlatformName) {
    case 'darwin': case 'mas': return join(appOutDir, `${name}.app`);
    case 'win32': return join(appOutDir, `${name}.exe`);
    default: return join(appOutDir, packager.executableName ?? name);
  }
}

/** electron-builder's hook: sets the fuses before anything is signed. */
export async function setFuses(packed: Packed): Promise<void> { await flipFuses(programOf(packed), fuses); }
