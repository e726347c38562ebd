import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BrowserHarness, CHROMIUM } from '../pages/browser-harness.ts';
import { axeFindings } from '../pages/page-axe.ts';

/** Of a capital letter, in its font's size. */
const CAP = 0.7;
/** Of the wall's height: so much can be read from eight metres. */
const LEGIBLE = 0.012;
/** 16:9 of two sizes, two screens side by side, and a strip of LEDs. */
const WALLS = [
  { width: 1920, height: 1080 },
  { width: 3840, height: 2160 },
  { width: 3840, height: 1080 },
  { width: 3840, height: 600 },
] as const;

describe.skipIf(CHROMIUM === null)('the wall', () => {
  let desk: BrowserHarness;
  let page: Page;
  beforeAll(async () => {
    desk = await BrowserHarness.start();
    const csv = `kind,code,name,lifeline,area,asset,point,lon,lat,crs,parent
area,3416,亳州市,,,,,,,,
area,341602,谯城区,,,,,,,,3416
area,341621,涡阳县,,,,,,,,3416
point,P-1,希夷大道燃气井,gas,341602,,,115.78,33.85,CGCS2000,
point,P-2,涡阳燃气井,gas,341621,,,116.2,33.5,CGCS2000,
device,D-1,,gas,,,P-1,,,,
device,D-2,,gas,,,P-2,,,,
`;
    const told = await fetch(`${desk.service.url}/api/v1/register/import`, {
      method: 'POST',
      headers: { cookie: desk.api.cookie, 'content-type': 'text/csv', origin: desk.service.url },
      body: csv,
    });
    expect(await told.json()).toMatchObject({ failed: 0 });
    for (const [device, value] of [
      ['D-1', 60],
      ['D-2', 25],
    ] as const)
      await desk.gas(device, value);
    page = await desk.operator({ viewport: WALLS[0] }, `${desk.service.url}/wall`);
    await page.locator('.grave li').first().waitFor();
  });
  afterAll(() => desk?.end());

  it.each(WALLS)(
    'figures that matter can be read from eight metres, and nothing is cut: %j',
    async (size) => {
      await page.setViewportSize(size);
      await page.reload();
      await page.locator('.grave li').first().waitFor();
      await page.locator('[data-lifeline=gas] [data-part=online], .counts').first().waitFor();
      const legible = () =>
        page.evaluate(
          ([cap]) =>
            [...document.querySelectorAll<HTMLElement>('[data-legible]')]
              .filter((e) => e.getClientRects().length > 0)
              .map((e) => ({
                words: e.textContent?.trim() ?? '',
                part: (Number.parseFloat(getComputedStyle(e).fontSize) * (cap as number)) / innerHeight,
                bottom: e.getBoundingClientRect().bottom,
              })),
          [CAP],
        );
      // Charts and the map come one after the other: what stands is looked at.
      await expect.poll(async () => (await legible()).filter((f) => f.bottom > size.height + 1)).toEqual([]);
      const found = await legible();
      expect(found.length).toBeGreaterThan(5);
      expect(found.filter((f) => f.part < LEGIBLE)).toEqual([]);
      const over = () =>
        page.evaluate(() => {
          const wall = document.querySelector('[data-part=wall]') as Element;
          return [wall.scrollWidth - wall.clientWidth, wall.scrollHeight - wall.clientHeight];
        });
      await expect.poll(over).toEqual([0, 0]);
    },
  );

  it('the map has three fifths of it at 16:9', async () => {
    await page.setViewportSize(WALLS[0]);
    await page.locator('[data-part=wall-map]').waitFor();
    const { width } = (await page.locator('.map').boundingBox()) ?? { width: 0 };
    expect(width / WALLS[0].width).toBeGreaterThan(0.57);
  });

  it('lines that are not connected have no tile; districts are ranked by what stands open', async () => {
    const tiles = await page
      .locator('.tiles li')
      .evaluateAll((all) => all.map((e) => (e as HTMLElement).dataset.lifeline));
    expect(tiles).toContain('gas');
    expect(tiles).not.toContain('bridge');
    await expect
      .poll(() => page.locator('[data-part=districts] .name').allTextContents())
      .toEqual(['谯城区', '涡阳县']);
  });

  it('a red tells its story: who has seen it, who is on the way', async () => {
    const { items } = await desk.api.get<{ items: { id: string; pointCode: string; revision: number }[] }>(
      '/alarms',
    );
    const red = items.find((a) => a.pointCode === 'P-1');
    await desk.api.post('/units', { code: 'gas-crew', name: '燃气抢修队', kind: 'crew' });
    await desk.api.post(`/alarms/${red?.id}/acknowledge`, {
      seenRevision: red?.revision,
      commandId: 'ack-1',
    });
    const made = await desk.api.post('/orders', {
      source: { kind: 'alarm', id: red?.id },
      alarms: [red?.id],
      unit: 'gas-crew',
      commandId: 'order-1',
    });
    expect(made.status).toBe(201);
    const story = page.locator('.grave li[data-point=P-1] [data-part=story]');
    await story.getByText(/已确认.*工单 待签收/).waitFor();
    await expect.poll(() => page.locator('[data-part=orders-open] dd').textContent()).toBe('1');
  });

  it('alarms of the day stand in the bars, and how long they waited', async () => {
    await page.reload();
    await expect.poll(() => page.locator('[data-part=hour-bars] rect.l1').count()).toBe(1);
    await expect.poll(() => page.locator('[data-part=to-ack] dd').textContent()).not.toBe('—');
  });

  it.each(['dark', 'light'] as const)('axe, %s', async (theme) => {
    expect(await axeFindings(page, theme, () => page.locator('.grave li').first().waitFor())).toEqual([]);
  });

  it('did all that without a fault', () => {
    expect(desk.faults).toEqual([]);
  });
});
