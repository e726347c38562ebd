import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BrowserHarness, CHROMIUM } from '../pages/browser-harness.ts';
import { axeFindings } from '../pages/page-axe.ts';

const HEAD = 'kind,code,name,lifeline,area,asset,point,lon,lat,crs,geometry,attributes';
/** One hundred metres north of W-1, and so on: degrees. */
const NORTH = 100 / 110_900;

describe.skipIf(CHROMIUM === null)('mains and what is measured on the map', () => {
  let desk: BrowserHarness;
  let page: Page;
  beforeAll(async () => {
    desk = await BrowserHarness.start();
    const wells = ['A', 'B', 'C', 'D', 'E'].flatMap((n) => [
      `point,IN-${n},同处井 ${n},gas,990101,,,118.03,31.05,CGCS2000,,`,
    ]);
    const rows = [
      HEAD,
      'area,990101,书院街道,,,,,,,,,',
      'asset,GX-1,云麓大道干管,gas,990101,,,,,CGCS2000,"LINESTRING (118.0 31.03, 118.004 31.03)",管径=DN315;flow=along',
      'asset,TX-1,柳汀调蓄池,waterlogging,990101,,,,,CGCS2000,"POLYGON ((118.01 31.02, 118.012 31.02, 118.012 31.022, 118.01 31.022, 118.01 31.02))",',
      'point,W-1,一号井,gas,990101,GX-1,,118.002,31.03,CGCS2000,,',
      `point,W-2,二号井,gas,990101,,,118.002,${(31.03 + 4 * NORTH).toFixed(6)},CGCS2000,,`,
      `point,W-3,三号井,gas,990101,,,118.002,${(31.03 + 7 * NORTH).toFixed(6)},CGCS2000,,`,
      ...wells,
    ];
    const answer = await fetch(`${desk.service.url}/api/v1/register/import`, {
      method: 'POST',
      headers: { cookie: desk.api.cookie, 'content-type': 'text/csv', origin: desk.service.url },
      body: `${rows.join('\r\n')}\r\n`,
    });
    expect(await answer.json()).toMatchObject({ failed: 0 });
    await desk.gas('W-1', 60);
    page = await desk.operator();
  });
  afterAll(() => desk?.end());
  const open = async (query = ''): Promise<void> => {
    await page.goto(`${desk.service.url}/map${query}`);
    await page.locator('.drawing[data-clusters][data-shapes="2"]').waitFor();
  };
  const middle = async (): Promise<readonly [number, number]> => {
    const box = await page.locator('.drawing').boundingBox();
    if (box === null) throw new Error('the drawing has no place');
    return [box.x + box.width / 2, box.y + box.height / 2];
  };

  it('a main is found by its name, and its card says what the register knows, and how its points are', async () => {
    await open();
    await page.locator('[data-part=map-search]').fill('云麓');
    await page.locator('[data-part=map-found] button').first().click();
    const card = page.locator('[data-part=asset-card][data-asset="GX-1"]');
    await card.waitFor();
    const text = (await card.textContent()) ?? '';
    for (const known of ['DN315', '与绘制方向一致', '381 m', '一号井']) expect(text).toContain(known);
    await page.locator('[data-part=map-search]').fill('没有这样的');
    await page.locator('[data-part=map-found]', { hasText: '没有找到' }).waitFor();
    await page.locator('[data-part=map-search]').fill('');
  });

  it('an area is picked by a click into it', async () => {
    await open();
    await page.locator('[data-part=map-search]').fill('TX-1');
    await page.keyboard.press('Enter');
    await page.locator('[data-asset="TX-1"]').waitFor();
    await page.locator('[data-part=asset-card] header button').click();
    await page.locator('[data-part=asset-card]').waitFor({ state: 'detached' });
    await page.mouse.click(...(await middle()));
    await page.locator('[data-asset="TX-1"]').waitFor();
    expect(await page.locator('[data-part=asset-card]').textContent()).toMatch(/面积.*4\d,\d{3} m²/);
  });

  it('500 m around a place lists what stands in it, the nearest first; Esc takes it away', async () => {
    await open('?point=W-1');
    await page.locator('[data-part=map-card]').waitFor();
    await page.locator('[data-part=circle]').click();
    await page.mouse.click(...(await middle()));
    const inside = page.locator('[data-part=in-circle]');
    await inside.waitFor();
    expect(await inside.locator('h2').textContent()).toContain('2 个监测点，');
    expect(await inside.locator('.who').allTextContents()).toEqual(['一号井', '二号井']);
    await page.keyboard.press('Escape');
    await inside.waitFor({ state: 'detached' });
    // The card stays: Esc has had its work.
    expect(await page.locator('[data-part=map-card]').count()).toBe(1);
  });

  it('the ruler takes the clicks, and the scale bar says how long a pixel is', async () => {
    await open('?point=W-1');
    await page.locator('[data-part=scale-bar]').waitFor();
    expect(await page.locator('[data-part=scale-bar]').textContent()).toMatch(/^\d+(\.\d+)? (k?m)$/);
    await page.locator('[data-part=ruler]').click();
    const [x, y] = await middle();
    await page.mouse.click(x, y);
    await page.mouse.click(x + 100, y);
    // It picks nothing meanwhile.
    expect(await page.locator('[data-part=here]').count()).toBe(0);
    expect(await page.locator('[data-part=ruler]').getAttribute('aria-pressed')).toBe('true');
    await page.keyboard.press('Escape');
    expect(await page.locator('[data-part=ruler]').getAttribute('aria-pressed')).toBe('false');
  });

  it('what stands in one place is fanned out by a click, and each of it can be picked', async () => {
    await open('?point=IN-A');
    await page.locator('[data-part=map-card][data-point="IN-A"]').waitFor();
    const [x, y] = await middle();
    await page.mouse.click(x, y);
    await page.locator('[data-part=here]').waitFor();
    // The first of the fan stands above the middle.
    await page.mouse.click(x, y - 62);
    await page.locator('[data-part=map-card]').waitFor();
    expect(await page.locator('[data-part=map-card]').getAttribute('data-point')).toMatch(/^IN-/);
  });

  it('layers of orders, crews, resources, heat, rain and risk can be asked for', async () => {
    await open();
    await page.locator('summary', { hasText: '更多图层' }).click();
    for (const extra of ['orders', 'crews', 'resources', 'cameras', 'alarmHeat', 'rainHeat', 'risk'])
      await page.locator(`[data-extra=${extra}]`).check();
    await expect
      .poll(() =>
        page.locator('[data-extra=alarmHeat] + *, label:has([data-extra=alarmHeat])').first().textContent(),
      )
      .toContain('1');
    // Nothing is known of either: both are grey, and said to be.
    await page.locator('[data-part=risk-counts] [data-colour=grey]', { hasText: '2' }).waitFor();
    await page.locator('[data-extra=mains]').uncheck();
    await page.locator('.drawing[data-shapes="0"]').waitFor();
  });

  it('a drawing is tried, its faults stand beside their features, and imported it is on the map', async () => {
    await open();
    await page.locator('[data-part=drawing-open]').click();
    const line = (code: string, lat: number) => ({
      type: 'Feature',
      properties: { 编号: code, 名称: `雨水管 ${code}` },
      geometry: {
        type: 'LineString',
        coordinates: [
          [118, lat],
          [118.01, lat],
        ],
      },
    });
    const file = {
      type: 'FeatureCollection',
      features: [line('YS-1', 31.01), line('YS-1', 31.02), line('管二', 31.03)],
    };
    await page.locator('input[name=drawing]').setInputFiles({
      name: '雨水.geojson',
      mimeType: 'application/json',
      buffer: Buffer.from(JSON.stringify(file)),
    });
    await page.selectOption('[data-part=drawing] select[name=lifeline]', 'waterlogging');
    await page.locator('[data-part=drawing-try]').click();
    await page.locator('[data-fault=feature-repeats]').waitFor();
    await page.locator('[data-fault=feature-code]').waitFor();
    expect(await page.locator('.drawing').getAttribute('data-shapes')).toBe('2');
    await page.locator('[data-part=drawing-do]').click();
    await page.locator('.drawing[data-shapes="3"]').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('[data-part=map-search]').fill('YS-1');
    await page.keyboard.press('Enter');
    await page.locator('[data-asset="YS-1"]').waitFor();
  });

  it('A13: neither the card, the circle’s list nor the dialog has a serious or critical finding of axe-core, in both themes', async () => {
    await page.goto(`${desk.service.url}/map`);
    const ready = async (): Promise<void> => {
      await page.locator('.drawing[data-clusters][data-shapes="3"]').waitFor();
      await page.locator('[data-part=map-search]').fill('GX-1');
      await page.keyboard.press('Enter');
      await page.locator('[data-part=asset-card]').waitFor();
      await page.locator('[data-part=circle]').click();
      await page.mouse.click(...(await middle()));
      await page.locator('[data-part=in-circle]').waitFor();
    };
    const dialog = async (): Promise<void> => {
      await page.locator('.drawing[data-clusters]').waitFor();
      await page.locator('[data-part=drawing-open]').click();
      await page.locator('[data-part=drawing]').waitFor();
    };
    expect([
      ...(await axeFindings(page, 'light', ready)),
      ...(await axeFindings(page, 'dark', ready)),
      ...(await axeFindings(page, 'light', dialog)),
    ]).toEqual([]);
  }, 120_000);

  it('did all that without a fault, and asked no host but this one', () => {
    expect(desk.faults).toEqual([]);
  });
});
