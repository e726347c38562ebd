import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BrowserHarness, CHROMIUM } from '../pages/browser-harness.ts';
import { axeFindings } from '../pages/page-axe.ts';

const CITY = new URL('../../../simulators/maps/linlan.pmtiles', import.meta.url).pathname;
const WATER = [197, 210, 220] as const;

/** Pixels of about this colour on the drawing. */
const pixels = (page: Page, [r, g, b]: readonly [number, number, number]): Promise<number> =>
  page.evaluate(
    ([r, g, b]) => {
      let n = 0;
      for (const canvas of document.querySelectorAll<HTMLCanvasElement>('.drawing canvas')) {
        const data = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
        for (let i = 0; i < data.length; i += 4)
          if (data[i] === r && data[i + 1] === g && data[i + 2] === b) n += 1;
      }
      return n;
    },
    [r, g, b] as const,
  );

describe.skipIf(CHROMIUM === null)('a base map from a file', () => {
  let desk: BrowserHarness;
  let page: Page;
  let maps: string;
  beforeAll(async () => {
    maps = await mkdtemp(join(tmpdir(), 'lifeline-maps-'));
    desk = await BrowserHarness.start({ LIFELINE_MAP_DIR: maps });
    const head = 'kind,code,name,lifeline,area,asset,point,lon,lat,crs';
    const rows = [
      'area,990101,书院街道,,,,,,,',
      'point,W-1,一号井,gas,990101,,,118.0622,31.0331,CGCS2000',
      'point,W-2,二号井,gas,990101,,,118.0021,31.0312,CGCS2000',
    ];
    const answer = await fetch(`${desk.service.url}/api/v1/register/import`, {
      method: 'POST',
      headers: { cookie: desk.api.cookie, 'content-type': 'text/csv', origin: desk.service.url },
      body: [head, ...rows, ''].join('\r\n'),
    });
    expect(await answer.json()).toMatchObject({ failed: 0 });
    page = await desk.operator({ colorScheme: 'light' });
  });
  afterAll(async () => {
    await desk?.end();
    await rm(maps, { recursive: true, force: true });
  });
  const open = async (): Promise<void> => {
    await page.goto(`${desk.service.url}/map`);
    await page.locator('.drawing[data-clusters]').waitFor();
  };

  it('is not there at first: the dialog says where a file is put, and of a bad one what would be right', async () => {
    await open();
    await page.locator('[data-part=base-open]').click();
    await page.locator('[data-part=base] .choice', { hasText: 'PMTiles' }).click();
    expect(await page.locator('[data-part=no-map-file]').textContent()).toContain(maps);
    await page.keyboard.press('Escape');
    await writeFile(join(maps, 'a.mbtiles'), 'SQLite format 3\0 …');
    await page.locator('[data-part=base-open]').click();
    await page.locator('[data-part=base] .choice', { hasText: 'PMTiles' }).click();
    await page.locator('[data-part=map-files]', { hasText: 'pmtiles convert' }).waitFor();
    await page.keyboard.press('Escape');
  });

  it('put there, it is drawn with the next opening, in less than 1.5 s, and says whose it is', async () => {
    await copyFile(CITY, join(maps, 'linlan.pmtiles'));
    await open();
    await page.locator('.drawing[data-base-ms]').waitFor();
    const took = Number(await page.locator('.drawing').getAttribute('data-base-ms'));
    console.info(`base map of a city from a file: drawn ${took} ms after it was asked for`);
    await expect.poll(() => pixels(page, WATER)).toBeGreaterThan(1_000);
    expect(await page.locator('.whose').textContent()).toContain('虚构城市');
  });

  it('is set for the whole house: another workstation sees the choice, and a later one is not lost unseen', async () => {
    await page.locator('[data-part=base-open]').click();
    await page.locator('[data-part=base] .choice', { hasText: '不用底图' }).click();
    await page.locator('[data-part=base] [name=view]').check();
    const other = await desk.operator();
    await other.goto(`${desk.service.url}/map`);
    await other.locator('.drawing[data-base-ms]').waitFor();
    await page.locator('[data-part=base] button[type=submit]').click();
    await expect.poll(() => page.locator('.whose').count()).toBe(0);
    await other.locator('[data-part=base-open]').click();
    await expect.poll(() => other.locator('[name=kind][value=none]').count()).toBe(1);
    await other.reload();
    await other.locator('.drawing[data-clusters]').waitFor();
    expect(await other.locator('.drawing').getAttribute('data-base-ms')).toBeNull();
    await other.locator('[data-part=base-open]').click();
    await other.locator('[data-part=base] .choice', { hasText: 'PMTiles' }).click();
    await other.locator('[name=file][value="linlan.pmtiles"]').check();
    await other.locator('[data-part=base] button[type=submit]').click();
    await other.locator('.drawing[data-base-ms]').waitFor();
  });

  it('A13: the dialog has no serious or critical finding of axe-core, in both themes', async () => {
    const ready = async (): Promise<void> => {
      await page.locator('.drawing[data-base-ms]').waitFor();
      await page.locator('[data-part=base-open]').click();
      await page.locator('[data-part=map-files]').waitFor();
    };
    await open();
    expect([
      ...(await axeFindings(page, 'light', ready)),
      ...(await axeFindings(page, 'dark', ready)),
    ]).toEqual([]);
  });

  it('did all that without a fault, and asked no host but this one', () => {
    expect(desk.faults).toEqual([]);
  });
});
