import { createServer, type Server } from 'node:http';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BrowserHarness, CHROMIUM, figures, quantile } from '../pages/browser-harness.ts';
import { axeFindings } from '../pages/page-axe.ts';

const HEAD = 'kind,code,name,lifeline,area,asset,point,lon,lat,crs';

async function register(desk: BrowserHarness, rows: readonly string[]): Promise<void> {
  const answer = await fetch(`${desk.service.url}/api/v1/register/import`, {
    method: 'POST',
    headers: { cookie: desk.api.cookie, 'content-type': 'text/csv', origin: desk.service.url },
    body: `${[HEAD, ...rows].join('\r\n')}\r\n`,
  });
  expect(await answer.json()).toMatchObject({ failed: 0 });
}
const placed = (code: string, lifeline: string, area: string, lon: number, lat: number): string[] => [
  `point,${code},${code} 号,${lifeline},${area},,,${lon.toFixed(6)},${lat.toFixed(6)},CGCS2000`,
  `device,${code},,${lifeline},,,${code},,,`,
];
const openMap = async (page: Page, desk: BrowserHarness, query = ''): Promise<void> => {
  await page.goto(`${desk.service.url}/map${query}`);
  await page.locator('[data-link=live]').waitFor();
  await page.locator('.drawing[data-clusters]').waitFor();
};
/** Pixels of exactly this colour on the drawing. */
const pixels = (page: Page, rgb: readonly [number, number, number]): Promise<number> =>
  page.evaluate(([r, g, b]) => {
    let n = 0;
    const canvas = document.querySelector<HTMLCanvasElement>('.drawing canvas');
    const data = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
    for (let i = 0; i < data.length; i += 4)
      if (data[i] === r && data[i + 1] === g && data[i + 2] === b) n += 1;
    return n;
  }, rgb);
const RED = [255, 77, 79] as const;

describe.skipIf(CHROMIUM === null)('the map, with no network and no base map', () => {
  let desk: BrowserHarness;
  let page: Page;
  beforeAll(async () => {
    desk = await BrowserHarness.start();
    await register(desk, [
      'area,990101,书院街道,,,,,,,',
      'area,990102,北渡街道,,,,,,,',
      ...placed('W-1', 'gas', '990101', 118.001, 31.031),
      ...placed('W-2', 'gas', '990101', 118.0012, 31.0311),
      ...placed('W-3', 'gas', '990102', 118.05, 31.05),
      ...placed('SILENT-1', 'gas', '990102', 118.06, 31.04),
      'point,NOWHERE-1,没有坐标的井,gas,990102,,,,,',
      'device,NOWHERE-1,,gas,,,NOWHERE-1,,,',
    ]);
    await desk.gas('W-1', 60);
    await desk.gas('W-2', 2);
    await desk.gas('W-3', 22);
    await desk.gas('NOWHERE-1', 60);
    page = await desk.operator();
  });
  afterAll(() => desk?.end());

  it('lists first what is not normal: red, then milder, then what was never heard; what has no place too', async () => {
    await openMap(page, desk);
    const rows = page.locator('[data-part=not-normal] [data-row]');
    await expect.poll(() => rows.count()).toBe(4);
    const codes = await rows.evaluateAll((all) =>
      all.map((e) => (e as unknown as { getAttribute(n: string): string }).getAttribute('data-row')),
    );
    expect(codes.slice(0, 2).sort()).toEqual(['NOWHERE-1', 'W-1']);
    expect(codes.slice(2)).toEqual(['W-3', 'SILENT-1']);
    expect(await page.locator('[data-row="SILENT-1"]').getAttribute('data-state')).toBe('never');
    expect(await page.locator('[data-part=unplaced] summary').textContent()).toContain('1');
  });

  it('draws them on Canvas 2D: red where it is red, and no WebGL anywhere', async () => {
    await expect.poll(() => pixels(page, RED)).toBeGreaterThan(100);
    expect(
      await page.evaluate(
        () => document.querySelector<HTMLCanvasElement>('.drawing canvas')?.getContext('webgl') ?? null,
      ),
    ).toBeNull();
    // W-1 and W-2 are thirty metres apart: one mark, which wears the red of the worse.
    expect(await page.locator('.drawing').getAttribute('data-clusters')).toBe('3');
  });

  it('F goes to the next alarm and shows its card with values, alarms and the way to the trend', async () => {
    await page.keyboard.press('f');
    const card = page.locator('[data-part=map-card]');
    await card.waitFor();
    const first = await card.getAttribute('data-point');
    await page.keyboard.press('f');
    await expect.poll(() => card.getAttribute('data-point')).not.toBe(first);
    await page.goto(`${desk.service.url}/map?point=W-1`);
    await card.locator('[data-metric=ch4]', { hasText: '60 %LEL' }).waitFor();
    expect(await card.locator('a[href^="/alarms/"]').count()).toBe(1);
    // Over its curve, and below what else is known.
    expect(await card.locator('a[href^="/trend?points=W-1"]').count()).toBe(2);
    await page.keyboard.press('Escape');
    await card.waitFor({ state: 'detached' });
  });

  it('a click on the mark opens the same card', async () => {
    await openMap(page, desk, '?area=990102');
    await page.locator('[data-row="W-3"]').click();
    await page.locator('[data-point="W-3"]').waitFor();
    await page.locator('[data-part=map-card] header button').click();
    await page.locator('[data-part=map-card]').waitFor({ state: 'detached' });
    // Chosen, it is in the middle.
    const box = await page.locator('.drawing').boundingBox();
    if (box === null) throw new Error('the drawing has no place');
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    await page.locator('[data-part=map-card][data-point="W-3"]').waitFor();
  });

  it('has a layer for each lifeline and a filter by area', async () => {
    await openMap(page, desk);
    await page.locator('summary', { hasText: '专项图层' }).click();
    expect(await page.locator('[data-layer]').count()).toBe(15);
    await page.locator('[data-layer=gas]').click();
    await expect.poll(() => page.locator('[data-part=not-normal] [data-row]').count()).toBe(0);
    await page.locator('.quick button').first().click();
    await expect.poll(() => page.locator('[data-part=not-normal] [data-row]').count()).toBe(4);
    await page.selectOption('select[name=area]', '990101');
    await expect.poll(() => page.locator('[data-part=not-normal] [data-row]').count()).toBe(1);
  });

  it('A15: a device that says it is gone is hollow, and its card says so', async () => {
    await openMap(page, desk);
    await desk.publish('lifeline/v1/gas/W-2/status', { online: false });
    await expect
      .poll(
        async () =>
          (await desk.api.get<{ items: { online: boolean | null }[] }>('/devices?point=W-2')).items[0]
            ?.online,
      )
      .toBe(false);
    await openMap(page, desk, '?point=W-2');
    await page.locator('[data-row="W-2"][data-state=offline]').waitFor();
    expect(await page.locator('[data-part=map-card]').textContent()).toContain('离线');
  });

  it('A13: has no serious or critical finding of axe-core with a card open, in both themes', async () => {
    await openMap(page, desk, '?point=W-1');
    const ready = async (): Promise<void> => {
      await page.locator('.drawing[data-clusters]').waitFor();
      await page.locator('[data-part=map-card] [data-metric=ch4]', { hasText: '60 %LEL' }).waitFor();
      for (const summary of await page.locator('aside summary').all()) await summary.click();
    };
    expect([
      ...(await axeFindings(page, 'light', ready)),
      ...(await axeFindings(page, 'dark', ready)),
    ]).toEqual([]);
  });

  it('fits a phone', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await openMap(page, desk);
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    await page.setViewportSize({ width: 1366, height: 768 });
  });

  it('did all that without a fault, and asked no host but this one', () => {
    expect(desk.faults).toEqual([]);
  });
});

describe.skipIf(CHROMIUM === null)('the map with five thousand points', () => {
  let desk: BrowserHarness;
  beforeAll(async () => {
    desk = await BrowserHarness.start();
    const rows: string[] = ['area,990101,书院街道,,,,,,,'];
    for (let i = 0; i < 5_000; i++) {
      const [a, b] = [i % 100, Math.floor(i / 100)];
      // Uneven, as a city is, and the same in every run.
      rows.push(
        placed(
          `P-${i}`,
          'gas',
          '990101',
          118 + a * 0.0021 + (b % 7) * 0.0003,
          31 + b * 0.0023 + (a % 5) * 0.0004,
        )[0] as string,
      );
    }
    await register(desk, rows);
    for (const i of [7, 1_234, 2_500, 4_321]) await desk.gas(`P-${i}`, 60);
  }, 120_000);
  afterAll(() => desk?.end());

  it('is moved and zoomed fluently', async () => {
    const page = await desk.operator();
    const opened = performance.now();
    await openMap(page, desk);
    await expect.poll(() => pixels(page, RED), { timeout: 30_000 }).toBeGreaterThan(50);
    console.info(`map of 5,000 points: drawn after ${(performance.now() - opened).toFixed(0)} ms`);
    expect(await page.locator('[data-part=not-normal] h2').textContent()).toContain('5000');

    const box = await page.locator('.drawing').boundingBox();
    if (box === null) throw new Error('the drawing has no place');
    await page.evaluate(() => {
      const frames: number[] = [];
      (globalThis as unknown as { frames: number[] }).frames = frames;
      let last = performance.now();
      const tick = (t: number): void => {
        frames.push(t - last);
        last = t;
        requestAnimationFrame(tick);
      };
      requestAnimationFrame(tick);
    });
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    for (let round = 0; round < 3; round++) {
      await page.mouse.down();
      await page.mouse.move(box.x + box.width / 3, box.y + box.height / 3, { steps: 25 });
      await page.mouse.up();
      for (let i = 0; i < 4; i++) await page.mouse.wheel(0, round === 1 ? 240 : -240);
      await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2, { steps: 25 });
    }
    const frames = (await page.evaluate(() => (globalThis as unknown as { frames: number[] }).frames)).slice(
      3,
    );
    figures('map of 5,000 points: a frame while moving and zooming', frames);
    // Generous: a shared machine without a graphics card.
    expect(quantile(frames, 0.5)).toBeLessThan(60);
    // The list beside it does not grow with the city.
    expect(await page.evaluate(() => document.querySelectorAll('[data-row]').length)).toBeLessThanOrEqual(
      100,
    );
    expect(desk.faults).toEqual([]);
  }, 90_000);
});

describe.skipIf(CHROMIUM === null)('a base map that an administrator typed', () => {
  let desk: BrowserHarness;
  let tiles: Server;
  let origin: string;
  const asked: string[] = [];
  const PIXEL = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  );
  beforeAll(async () => {
    tiles = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.writeHead(200, { 'content-type': 'image/png' }).end(PIXEL);
    });
    await new Promise<void>((resolve) => tiles.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(tiles.address() as { port: number }).port}`;
    desk = await BrowserHarness.start({ LIFELINE_MAP_TILE_HOSTS: origin });
    await register(desk, [
      'area,990101,书院街道,,,,,,,',
      ...placed('W-1', 'gas', '990101', 118.001, 31.031),
      ...placed('W-2', 'gas', '990101', 118.011, 31.041),
    ]);
  });
  afterAll(async () => {
    await desk?.end();
    await new Promise((resolve) => tiles?.close(resolve));
  });

  async function type(
    page: Page,
    fields: Record<string, string>,
    kind: 'XYZ' | 'WMTS',
    crs: string,
  ): Promise<void> {
    await page.locator('[data-part=base-open]').click();
    await page.locator('[data-part=base] .choice', { hasText: kind }).click();
    await page.locator('[data-part=base] .choice', { hasText: crs }).click();
    for (const [name, value] of Object.entries(fields))
      await page.fill(`[data-part=base] input[name=${name}]`, value);
    await page.locator('[data-part=base] button[type=submit]').click();
  }

  it('XYZ in EPSG:3857: the tiles of the city are asked for, and its attribution stands on the map', async () => {
    const page = await desk.operator();
    await openMap(page, desk);
    await type(page, { url: `${origin}/{z}/{x}/{y}.png`, attribution: '审图号 测试' }, 'XYZ', '3857');
    await expect.poll(() => asked.some((u) => /^\/\d+\/\d+\/\d+\.png$/.test(u))).toBe(true);
    const [z = 0, x = 0] = (asked[0] as string).split(/[/.]/).slice(1).map(Number);
    expect(Math.abs(x - ((118 + 180) / 360) * 2 ** z)).toBeLessThan(8);
    await page.locator('.whose', { hasText: '审图号 测试' }).waitFor();
    await page.reload();
    await page.locator('.whose').waitFor();
  });

  it('WMTS in EPSG:4490: rows and columns begin at the north-west corner of the world in degrees', async () => {
    asked.length = 0;
    const page = await desk.operator();
    await openMap(page, desk);
    await type(
      page,
      { url: `${origin}/vec_c/wmts?tk=k`, layer: 'vec', matrixSet: 'c', format: 'tiles' },
      'WMTS',
      '4490',
    );
    const wmts = (): string | undefined => asked.find((u) => u.startsWith('/vec_c/wmts'));
    await expect.poll(wmts).toBeDefined();
    const q = new URL(wmts() as string, origin).searchParams;
    const get = (name: string): string => q.get(name) ?? q.get(name.toLowerCase()) ?? '';
    expect([get('TileMatrixSet') || get('TILEMATRIXSET'), q.get('tk')]).toEqual(['c', 'k']);
    const z = Number(get('TileMatrix') || get('TILEMATRIX'));
    const degrees = (1.40625 / 2 ** z) * 256;
    expect(Math.abs(Number(get('TileCol') || get('TILECOL')) - (118 + 180) / degrees)).toBeLessThan(8);
    expect(Math.abs(Number(get('TileRow') || get('TILEROW')) - (90 - 31) / degrees)).toBeLessThan(8);
  });

  it('a host that the service does not allow is refused by the browser, and the words say what to set', async () => {
    const page = await desk.operator();
    await openMap(page, desk);
    await type(page, { url: 'http://tiles.invalid/{z}/{x}/{y}.png' }, 'XYZ', '3857');
    const trouble = page.locator('[data-part=tiles-trouble]');
    await expect.poll(() => trouble.textContent()).toContain('LIFELINE_MAP_TILE_HOSTS=http://tiles.invalid');
  });
});
