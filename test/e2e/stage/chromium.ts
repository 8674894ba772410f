import { chromium, type Browser } from 'playwright';
import { findChromium } from './find-chromium.ts';

/** Nothing of Chromium's own may look like a request of the page's. */
const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-extensions'];

/** Starts the machine's own Chromium without a window. */
export async function launchChromium(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error('no Chromium or Chrome on this machine; name one in WINNOW_CHROMIUM');
  return chromium.launch({ executablePath, args: flags });
}
