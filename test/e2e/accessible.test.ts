import axe from 'axe-core';
import type { Page } from 'playwright';
import { z } from 'zod';
import { expect } from './stage/expect.ts';
import { scenes } from './stage/scenes.ts';
import { describeInBrowser, workbenchTest } from './stage/workbench.ts';

const foundSchema = z.array(z.object({ id: z.string(), impact: z.string().nullable(), nodes: z.array(z.string()) }));

/** What axe-core calls serious or critical, with the places. `only`: a rule to look at alone. */
async function barriers(page: Page, only?: string): Promise<readonly string[]> {
  const found: unknown = await page.evaluate(`axe.run(document, { resultTypes: ['violations']${only === undefined ? '' : `, runOnly: ['${only}']`} }).then(({ violations }) => violations.map(({ id, impact, nodes }) => ({ id, impact: impact ?? null, nodes: nodes.map(({ html, target }) => target.join(' ') + ' ' + html.slice(0, 160)) })))`);
  return foundSchema.parse(found).filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id, nodes }) => `${id}: ${nodes.slice(0, 4).join(' | ')}`);
}

/** Focuses everything that Tab reaches, one after another; gives what looks the same with the focus as without. */
async function unmarkedStops(page: Page): Promise<readonly string[]> {
  // From here on the browser takes the focus for one of the keyboard's.
  await page.keyboard.press('Tab');
  return page.evaluate(() => {
    // A list shows the focus on its current row.
    const look = (element: Element): string => [element, element.parentElement, element.parentElement?.parentElement, document.getElementById(element.getAttribute('aria-activedescendant') ?? '')].map((one) => { if (!one) return ''; const { outlineStyle, outlineWidth, outlineColor, boxShadow, borderColor, backgroundColor } = getComputedStyle(one); return [outlineStyle, outlineWidth, outlineColor, boxShadow, borderColor, backgroundColor].join(); }).join(';');
    const stops = [...(document.querySelector('[aria-modal=true]') ?? document).querySelectorAll<HTMLElement>('a[href], button, input, select, textarea, [tabindex="0"]')].filter((stop) => stop.tabIndex >= 0 && !stop.hasAttribute('disabled') && stop.checkVisibility());
    return stops.flatMap((stop) => {
      if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
      const before = look(stop);
      stop.focus();
      return document.activeElement !== stop || look(stop) !== before ? [] : [stop.outerHTML.slice(0, 120)];
    });
  });
}

describeInBrowser('everyone can work with it', () => {
  // In a few tests, so that a page is opened seldom.
  for (const [part, chosen] of [['queue and incident', scenes.slice(0, 8)], ['dialogs and trace', scenes.slice(8, 16)], ['paths, data and settings', scenes.slice(16)]] as const) {
    workbenchTest(`no screen or dialog has a serious barrier, dark or light: ${part}`, async ({ page }) => {
      await page.evaluate(axe.source);
      const found: Record<string, readonly string[]> = {};
      for (const scene of chosen) {
        await scene.show(page);
        await page.emulateMedia({ colorScheme: 'dark' });
        found[`${scene.name}, dark`] = await barriers(page);
        await page.emulateMedia({ colorScheme: 'light' });
        found[`${scene.name}, light`] = await barriers(page, 'color-contrast');
        found[`${scene.name}, focus`] = await unmarkedStops(page);
      }
      expect(Object.entries(found).filter(([, barrier]) => barrier.length > 0)).toEqual([]);
    });
  }
});
