import { gzipSync } from 'node:zlib';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD } from '../../support/service-process.ts';
import { clipped, untranslated } from '../shift/page-looks.ts';
import { BrowserHarness, CHROMIUM, row } from './browser-harness.ts';
import { settled } from './page-browser.ts';

// By address and not by name: it leads to the page's own code, which is checked with a browser's types, not with Node's.
const routes = new URL('../../../dashboards/console/src/screens/routes.ts', import.meta.url).href;
const { SCREENS } = (await import(routes)) as {
  SCREENS: readonly { readonly name: string; readonly path: string }[];
};

const DESK = { width: 1366, height: 768 };
const PHONE = { width: 390, height: 844 };

/** Every screen by its address; a new line in `screens/routes.ts` is held to all of this without another. */
describe.skipIf(CHROMIUM === null)('every screen', () => {
  let desk: BrowserHarness;
  let page: Page;
  let paths: Record<string, string>;
  beforeAll(async () => {
    desk = await BrowserHarness.start();
    for (const [device, value] of [
      ['S-1', 60],
      ['S-2', 30],
      ['S-3', 12],
    ] as const)
      await desk.gas(device, value);
    // A browser that believes to be elsewhere: what is shown is Beijing time all the same.
    page = await desk.operator({ timezoneId: 'UTC', locale: 'en-US' });
    await row(page, 'S-1').waitFor();
    const { items } = await desk.api.get<{ items: { id: string }[] }>('/alarms');
    const alarm = items[0]?.id ?? '';
    const warning = await desk.api.post('/warnings', { basis: { alarms: [alarm] }, commandId: 'e-1' });
    const alarms = items.map((a) => a.id);
    const incident = await desk.api.post('/incidents', { name: '三处浓度升高', alarms, commandId: 'e-2' });
    await desk.api.post('/units', { code: 'gas-crew', name: 'Gas crew', kind: 'crew' });
    const order = await desk.api.post('/orders', {
      source: { kind: 'alarm', id: alarm },
      title: 'S-1 over limit',
      unit: 'gas-crew',
      commandId: 'e-3',
    });
    await desk.person('wang', ['operator']);
    const handover = await desk.api.post('/handovers', {
      outgoing: ['admin'],
      incoming: ['wang'],
      reason: 'the incident goes on',
      commandId: 'e-4',
    });
    const report = await desk.api.post('/reports', {
      kind: 'day',
      from: new Date().toISOString(),
      commandId: 'e-5',
    });
    const citizen = await desk.api.post('/citizen-reports', {
      externalNo: 'ZX-1',
      receivedAt: new Date().toISOString(),
      category: '燃气异味',
      text: '路口有很浓的煤气味',
      place: '药都大道路口',
      caller: '张建国',
      phone: '13855512345',
    });
    const ids: Record<string, unknown> = {
      citizen: citizen.body.id,
      'handover-record': handover.body.id,
      report: report.body.id,
      warning: warning.body.id,
      incident: incident.body.id,
      order: order.body.id,
    };
    paths = Object.fromEntries(
      SCREENS.map((s) => [
        s.name,
        s.path.replace(/:(\w+)[^/]*/g, (_, name: string) =>
          name === 'id' ? String(ids[s.name] ?? alarm) : 'S-1',
        ),
      ]),
    );
  });
  afterAll(() => desk?.end());

  async function show(path: string, look: { theme?: string; language?: string } = {}): Promise<void> {
    await page.evaluate(
      ([theme, language]) => {
        localStorage.setItem('lifeline.theme', theme as string);
        localStorage.setItem('lifeline.language', language as string);
      },
      [look.theme ?? 'dark', look.language ?? 'zh-CN'],
    );
    await page.goto(`${desk.service.url}${path}`);
    await page.locator('[data-link=live]').waitFor();
    await settled(page);
  }

  /** Serious and critical findings of axe-core. */
  async function axeFindings(): Promise<string[]> {
    await page.evaluate(axe.source);
    const found = await page.evaluate(async () => {
      type Found = { id: string; impact: string; nodes: { target: string[]; failureSummary?: string }[] };
      const { axe } = globalThis as unknown as {
        axe: { run(o: object): Promise<{ violations: Found[] }> };
      };
      return (await axe.run({ resultTypes: ['violations'] })).violations;
    });
    return found
      .filter((f) => f.impact === 'serious' || f.impact === 'critical')
      .map(
        (f) =>
          `${f.id}: ${f.nodes
            .map((n) => n.target.join(' '))
            .slice(0, 4)
            .join(' | ')}`,
      );
  }

  async function expectBeijingTime(): Promise<void> {
    const shown = await page.locator('.clock time').first().textContent();
    const beijing = (t: number): string => new Date(t + 8 * 3_600_000).toISOString().slice(11, 16);
    expect([beijing(Date.now()), beijing(Date.now() - 60_000)]).toContain(shown?.slice(0, 5));
  }

  // One load of a screen is looked at in every way: to load it is what costs.
  it.each(['zh-CN', 'en'])(
    'opened cold by its address it is that screen; A14: it fits a desk monitor, full HD, 4K and a phone; A17: no untranslated key, and Beijing time in a browser that is in UTC; A13: nothing serious of axe-core in either theme: %s',
    async (language) => {
      const wrong: string[] = [];
      for (const [name, path] of Object.entries(paths)) {
        await page.setViewportSize(DESK);
        await show(path, { language });
        expect(`${name} ${new URL(page.url()).pathname}`).toBe(`${name} ${path}`);
        expect(await page.getAttribute('html', 'lang')).toBe(language);
        await expectBeijingTime();
        for (const it of await untranslated(page, language)) wrong.push(`${name} ${language} ${it}`);
        for (const size of [DESK, { width: 1920, height: 1080 }, { width: 3840, height: 2160 }, PHONE]) {
          await page.setViewportSize(size);
          if (size !== DESK) await settled(page);
          for (const it of await clipped(page)) wrong.push(`${name} ${size.width} ${language}: ${it}`);
        }
        if (language !== 'zh-CN') continue;
        await page.setViewportSize(DESK);
        for (const it of await axeFindings()) wrong.push(`${name} dark ${it}`);
        await page.evaluate(() => {
          document.documentElement.dataset.theme = 'light';
        });
        await settled(page);
        for (const it of await axeFindings()) wrong.push(`${name} light ${it}`);
      }
      await page.setViewportSize(DESK);
      expect(wrong).toEqual([]);
    },
    300_000,
  );

  it('A14: opened on a phone, in the light theme: nothing sideways, nothing clipped', async () => {
    const wrong: string[] = [];
    await page.setViewportSize(PHONE);
    for (const [name, path] of Object.entries(paths)) {
      await show(path, { theme: 'light' });
      expect(await page.getAttribute('html', 'data-theme')).toBe('light');
      for (const it of await clipped(page)) wrong.push(`${name} cold 390: ${it}`);
    }
    await page.setViewportSize(DESK);
    expect(wrong).toEqual([]);
  }, 300_000);

  it('has an address that can be pasted: a stranger is there after the log-in', async () => {
    const stranger = await desk.stranger({}, `${desk.service.url}${paths.alarm}`);
    await stranger.fill('input[name=account]', 'admin');
    await stranger.fill('input[name=password]', PASSWORD);
    await stranger.keyboard.press('Enter');
    await stranger.locator('[data-part=alarm-file] .detail').first().waitFor();
    await stranger.goto(`${desk.service.url}/?wall`);
    await stranger.locator('[data-part=wall]').waitFor();
    await stranger.goto(`${desk.service.url}/no-such-place`);
    // Loaded is not connected yet: the page says so for as long as it is.
    await stranger.locator('main').getByText('没有这个页面').waitFor();
    await stranger.context().close();
  }, 120_000);

  it('is small: what the duty desk loads first is under 400 kB, packed', async () => {
    const stranger = await desk.stranger();
    const files = new Set<string>();
    stranger.on('response', (r) => {
      if (!r.url().includes('/api/')) files.add(r.url());
    });
    await stranger.reload();
    await stranger.fill('input[name=account]', 'admin');
    await stranger.fill('input[name=password]', PASSWORD);
    await stranger.keyboard.press('Enter');
    await row(stranger, 'S-1').waitFor();
    // Asked for again: a browser gives no body of what came before a reload.
    const packed = await Promise.all(
      [...files].map(async (url) => gzipSync(Buffer.from(await (await fetch(url)).arrayBuffer())).length),
    );
    const kB = packed.reduce((a, b) => a + b, 0) / 1_000;
    console.info(`first load of S1: ${kB.toFixed(0)} kB gzip in ${packed.length} files`);
    expect(packed.length).toBeGreaterThan(2);
    expect(kB).toBeLessThan(400);
    await stranger.context().close();
  });

  it('tells its keys at the press of ?', async () => {
    await show('/');
    await page.keyboard.press('?');
    const help = page.locator('dialog[open]');
    await help.waitFor();
    for (const word of ['确认', '静音', '搜索']) expect(await help.textContent()).toContain(word);
    await page.keyboard.press('Escape');
    await help.waitFor({ state: 'detached' });
  });

  it('A12: by keyboard alone: log in, find, acknowledge, note, log out, and the focus can always be seen', async () => {
    const p = await desk.stranger();
    await p.waitForSelector('input[name=account]:focus');
    await p.keyboard.type('admin');
    await p.keyboard.press('Tab');
    await p.keyboard.type(PASSWORD);
    await p.keyboard.press('Enter');
    await row(p, 'S-2').waitFor();
    await p.keyboard.press('/');
    await p.keyboard.type('S-2');
    await expect.poll(() => p.locator('.list .row').count()).toBe(1);
    await p.keyboard.press('Tab');
    await p.locator('.list .scroller').focus();
    await p.keyboard.press('ArrowDown');
    await expect.poll(() => p.locator('.place.chosen .row').getAttribute('data-point')).toBe('S-2');
    await p.keyboard.press('a');
    await row(p, 'S-2').and(p.locator('[data-state=acked]')).waitFor();
    await p.keyboard.press('n');
    await p.locator('dialog[open] textarea').waitFor();
    await p.keyboard.type('只用键盘');
    await p.keyboard.press('Tab');
    for (let i = 0; i < 4 && (await p.locator('dialog [type=submit]:focus').count()) === 0; i++)
      await p.keyboard.press('Tab');
    await p.keyboard.press('Enter');
    await p.locator('[data-event=noted]', { hasText: '只用键盘' }).waitFor();

    const unseen: string[] = [];
    let out = false;
    for (let i = 0; i < 80 && !out; i++) {
      await p.keyboard.press('Tab');
      const at = await p.evaluate(() => {
        const e = document.activeElement;
        if (e === null || e.tagName === 'BODY') return null;
        const style = getComputedStyle(e);
        const seen = style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth ?? '0') > 0;
        return {
          seen,
          name: `${e.tagName} ${e.textContent?.trim().slice(0, 20)}`,
          out: e.matches('[data-part=logout]'),
        };
      });
      if (at === null) continue;
      if (!at.seen) unseen.push(at.name);
      out = at.out;
    }
    expect({ unseen, out }).toEqual({ unseen: [], out: true });
    await p.keyboard.press('Enter');
    await p.waitForSelector('input[name=account]');
    await p.context().close();
  }, 60_000);

  it('A16: with every host but this one blocked all of it worked, and nothing else was asked for', () => {
    expect(desk.faults).toEqual([]);
  }, 120_000);
});
