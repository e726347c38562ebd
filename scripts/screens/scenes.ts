import type { Page } from 'playwright-core';
import { logIn } from '../../test/journeys/pages/page-browser.ts';
import { PASSWORD } from '../../test/support/service-process.ts';
import type { Stage } from './stage.ts';

/** One picture: where it is taken, and what a person does first. */
export type Scene = {
  readonly name: string;
  readonly path: string;
  /** Of the service that has just been started for the first time, before anybody has logged in, or as the auditor. */
  readonly at?: 'first-start' | 'door' | 'auditor';
  readonly first?: (page: Page) => Promise<void>;
};

// By address and not by name: it leads to the page's own code, which is checked with a browser's types, not with Node's.
const routes = new URL('../../dashboards/console/src/screens/routes.ts', import.meta.url).href;
const { SCREENS } = (await import(routes)) as {
  SCREENS: readonly { readonly name: string; readonly path: string; readonly right?: string }[];
};

const PACKET = JSON.stringify({
  ts: 1764547200,
  values: { ch4: 12.5, temp: '高', colour: 7 },
  battery: 88,
});
/** A district that is not there, a lifeline that nobody knows, a place that is no number. */
const FILE = [
  'kind,code,name,lifeline,area,asset,point,owner,lon,lat,crs,vendor,serial',
  'asset,A-NEW-1,新华路燃气阀门井,gas,990102001,,,临澜燃气有限公司,118.0409,31.0271,CGCS2000,,',
  'point,GAS-NEW-1,新华路燃气阀门井监测点,gas,990102001,A-NEW-1,,,118.0409,31.0271,CGCS2000,,',
  'point,GAS-NEW-2,望澜街污水井监测点,gaz,990102001,A-NEW-1,,,118.0411,31.0270,CGCS2000,,',
  'point,GAS-NEW-3,云麓大道雨水井监测点,gas,999999,A-NEW-1,,,118.0411,东经,CGCS2000,,',
  'device,GAS-NEW-1,,gas,,,GAS-NEW-1,,,,,澜芯传感,LX-2026-0417',
].join('\r\n');

const FIRST: Record<string, (page: Page) => Promise<void>> = {
  'self-check': async (page) => {
    await page.locator('textarea').fill(PACKET);
    await page.locator('main .of input').fill('GAS-NEW-1');
    await page.locator('main button.strong').first().click();
    await page.locator('[data-part=flaw]').first().waitFor();
  },
  import: async (page) => {
    const file = { name: '台账.csv', mimeType: 'text/csv', buffer: Buffer.from(FILE) };
    await page.locator('input[type=file]').setInputFiles(file);
  },
};

/** Every screen that has an address, and what lies above or before them. */
export function scenes({ alarm, ids }: Pick<Stage, 'alarm' | 'ids'>): Scene[] {
  const code = alarm.pointCode;
  const given: Record<string, string> = { code };
  const known: Record<string, string> = { ...ids, rule: alarm.ruleId };
  const idOf = (screen: string): string => known[screen] ?? alarm.id;
  const query: Record<string, string> = {
    trend: `?points=${code}:${alarm.metric}&range=1h`,
    'warning-new': `?alarm=${alarm.id}`,
  };
  const screens = SCREENS.map((s) => {
    const path = s.path.replace(/:(\w+)[^/]*/g, (_, name: string) => given[name] ?? idOf(s.name));
    const first = FIRST[s.name];
    return {
      name: s.name,
      path: path + (query[s.name] ?? ''),
      ...(s.right === 'audit.read' ? { at: 'auditor' as const } : {}),
      ...(first === undefined ? {} : { first }),
    };
  });
  return [
    ...screens,
    {
      name: 'help',
      path: '/',
      first: async (page) => {
        await page.keyboard.press('?');
        await page.locator('dialog[open]').waitFor();
      },
    },
    {
      name: 'by-incident',
      path: '/',
      first: async (page) => {
        await page.locator('[data-part=by-incident]:not([aria-pressed=true])').click();
        await page.locator('.list .together').first().click();
      },
    },
    {
      name: 'together',
      path: '/',
      first: async (page) => {
        // Of the screen before: pressed again it is as it was.
        const by = page.locator('[data-part=by-incident][aria-pressed=true]');
        if ((await by.count()) > 0) await by.click();
        await page.click('[data-part=tick]');
        for (const i of [0, 1, 2]) await page.locator('.list .tick').nth(i).click();
        await page.click('[data-part=ack-together]');
        await page.locator('dialog[open]').waitFor();
      },
    },
    {
      name: 'shelve',
      path: '/',
      first: async (page) => {
        await page.locator('.list .row').first().click();
        await page.keyboard.press('s');
        await page.locator('dialog[open]').waitFor();
      },
    },
    {
      name: 'log-in',
      path: '/',
      at: 'door',
      first: async (page) => {
        await logIn(page, 'admin', 'falsch');
        await page.locator('[role=alert]:not(:empty)').waitFor();
      },
    },
    {
      name: 'second-factor',
      path: '/',
      at: 'door',
      first: async (page) => {
        await logIn(page, 'li', PASSWORD);
        await page.locator('input[name=otp]').waitFor();
      },
    },
    ...['duty', 'map', 'trend', 'register', 'rules', 'handover', 'wall', 'quarantine'].map((name) => ({
      name: `first-start-${name}`,
      path: SCREENS.find((s) => s.name === name)?.path ?? '/',
      at: 'first-start' as const,
    })),
  ];
}
