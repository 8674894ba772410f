import type { Configuration } from 'electron-builder';
import { setFuses } from './fuses.ts';

const config: Configuration = {
  appId: 'dev.winnow.workbench', productName: 'Winnow', copyright: 'Apache-2.0', directories: { output: 'dist/packages', buildResources: 'resources/icons' },
  // better-sqlite3 ships Node-API binaries that serve Electron as they are, and no package's install script is ever run.
  npmRebuild: false, nodeGypRebuild: false, buildDependenciesFromSource: false,
  asar: true, asarUnpack: ['**/*.node'], compression: 'maximum',
  files: [
    'dist/main/**', 'dist/preload/**', 'dist/renderer/**', 'resources/**', 'package.json', 'LICENSE', '!resources/pictures/**',
    // The Node that the command line runs on; Electron has its own.
    '!node_modules/node-{linux,darwin,win,bin-darwin}-*/**', '!**/*.{map,ts,md}', '!node_modules/better-sqlite3/{deps,src}/**',
    // Node loads these clients as CommonJS.
    '!node_modules/@aws-sdk/client-*/dist-es/**',
  ],
  fileAssociations: [{ ext: 'winnow', name: 'Winnow workspace', description: 'Winnow workspace', mimeType: 'application/x-winnow', role: 'Editor', icon: 'icon' }],
  linux: { target: ['AppImage', 'deb'], category: 'Security', executableName: 'winnow', icon: 'icon.png', maintainer: 'The Winnow authors', synopsis: 'Security findings into few incidents with evidence', desktop: { entry: { Terminal: 'false', StartupWMClass: 'winnow' } } },
  mac: { target: ['dmg'], category: 'public.app-category.developer-tools', hardenedRuntime: true, gatekeeperAssess: false, icon: 'icon.png' },
  win: { target: ['nsis'], icon: 'icon.png' },
  nsis: { oneClick: false, perMachine: false, allowToChangeInstallationDirectory: true, deleteAppDataOnUninstall: false },
  // Nothing looks for updates, so nothing is published.
  publish: null, afterPack: setFuses,
};

// Default export: electron-builder reads its configuration from it.
export default config;
