import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BrowserHarness, Cable, CHROMIUM, row } from './browser-harness.ts';

/** Runs in the page: when it knew that the link was down, and when it said so. */
const NOTE = `globalThis.noted = {};
new MutationObserver(() => {
  if (document.querySelector('[data-link=down]')) noted.downAt ??= Date.now();
  if (document.querySelector('[data-part=link-banner]')) noted.bannerAt ??= Date.now();
}).observe(document, { subtree: true, childList: true, attributes: true })`;
type Noted = { readonly downAt: number; readonly bannerAt: number };

type Listed = { readonly id: string; readonly revision: number; readonly pointCode: string };

describe.skipIf(CHROMIUM === null)('the page and its link', () => {
  let desk: BrowserHarness;
  let cable: Cable;
  let page: Page;
  beforeAll(async () => {
    desk = await BrowserHarness.start();
    cable = await Cable.to(desk.service.url);
    for (let i = 0; i < 5; i++) {
      await desk.publish(`lifeline/v1/manhole/OVER-${i}/telemetry`, { values: { open: true } });
      await desk.gas(`ACK-${i}`, 60);
      await desk.gas(`ACK-${i + 5}`, 60);
    }
    // Tall enough that every row of the list is in the document.
    page = await desk.operator({ viewport: { width: 1366, height: 4_600 } }, cable.url);
  });
  afterAll(async () => {
    await cable?.end();
    await desk?.end();
  });

  const act = async (verb: string, a: Listed, body: object = {}): Promise<void> => {
    const answer = await desk.api.post(`/alarms/${a.id}/${verb}`, { commandId: `${verb}-${a.id}`, ...body });
    expect([verb, answer.status]).toEqual([verb, 200]);
  };

  it('A8: a cut link is said within 3 s; values go grey with their age, the list stays, nothing is queued', async () => {
    await expect.poll(() => page.locator('.list .row').count()).toBe(15);
    await page.evaluate(NOTE);
    const cut = Date.now();
    cable.cut();
    await page.locator('[data-part=link-banner]').waitFor({ timeout: 30_000 });
    // By the page's own note, and not by when this process hears of it: a busy machine tells late.
    const { downAt, bannerAt } = await page.evaluate<Noted>('noted');
    console.info(`A8 cut to banner: ${bannerAt - cut} ms, of them ${downAt - cut} ms until the page knew`);
    expect(bannerAt - cut).toBeLessThan(3_000);
    expect(await page.locator('.list .row').count()).toBe(15);
    expect(await page.locator('.list .row .stale').count()).toBe(15);
    expect(await row(page, 'ACK-0').locator('.stale').locator('..').textContent()).toMatch(/前|刚刚/);
    const sent: string[] = [];
    page.on('request', (r) => {
      if (r.method() === 'POST') sent.push(r.url());
    });
    await row(page, 'ACK-0').click();
    await page.keyboard.press('a');
    await expect
      .poll(() => page.locator('.toast').allTextContents())
      .toEqual(expect.arrayContaining([expect.stringMatching(/连接已断开/)]));
    expect(sent).toEqual([]);
  });

  it('A9: after the link is back the page is what the service says: none missing, none twice', async () => {
    const { items } = await desk.api.get<{ items: Listed[] }>('/alarms?limit=100');
    const of = (name: string): Listed[] => items.filter((a) => a.pointCode.startsWith(name));
    for (let i = 0; i < 40; i++) await desk.gas(`NEW-${i}`, 60);
    for (const a of of('ACK')) await act('acknowledge', a, { seenRevision: a.revision });
    for (const a of of('OVER')) {
      await desk.publish(`lifeline/v1/manhole/${a.pointCode}/telemetry`, { values: { open: false } });
      const now = (): Promise<Listed & { phase: string }> => desk.api.get(`/alarms/${a.id}`);
      await expect.poll(async () => (await now()).phase, { timeout: 30_000 }).toBe('returned-unacked');
      await act('acknowledge', a, { seenRevision: (await now()).revision });
      await expect.poll(async () => (await now()).phase).toBe('closed');
    }
    cable.mend();
    await page.locator('[data-link=live]').waitFor({ timeout: 40_000 });
    const truth = await desk.api.all<Listed & { phase: string }>('/alarms?limit=100');
    expect(truth.length).toBe(50);
    const shown = (): Promise<string[]> =>
      page.locator('.list .row').evaluateAll((rows) =>
        rows.map((r) => {
          const at = (name: string): string =>
            (r as unknown as { getAttribute(n: string): string }).getAttribute(name);
          return `${at('data-id')} ${at('data-phase')}`;
        }),
      );
    await expect
      .poll(async () => (await shown()).sort(), { timeout: 30_000 })
      .toEqual(truth.map((a) => `${a.id} ${a.phase}`).sort());
    // In the order of the service, which is the order of urgency.
    expect(await shown()).toEqual(truth.map((a) => `${a.id} ${a.phase}`));
    expect(await page.locator('[data-part=link-banner]').count()).toBe(0);
  }, 90_000);

  it('has thrown nothing, asked no other host, and been refused nothing', () => {
    expect(desk.faults).toEqual([]);
  });
});
