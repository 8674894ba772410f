import { expect as base } from 'playwright/test';

/** Playwright's expectations, which wait until they hold: long enough for a machine that is shared, no test is about time. */
export const expect = base.configure({ timeout: 20_000 });
