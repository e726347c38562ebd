import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BrowserHarness, CHROMIUM } from '../pages/browser-harness.ts';
import { axeFindings } from '../pages/page-axe.ts';
import { settled } from '../pages/page-browser.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe.skipIf(CHROMIUM === null)('the trend of a point', () => {
  let desk: BrowserHarness;
  let page: Page;
  const now = Date.now();
  beforeAll(async () => {
    desk = await BrowserHarness.start();
    const flat = (from: number, to: number, step: number, value: (t: number) => number) => {
      const packets: { ts: number; values: { ch4: number } }[] = [];
      for (let t = from; t < to; t += step) packets.push({ ts: t, values: { ch4: value(t) } });
      return packets;
    };
    const spike = now - 10 * HOUR;
    // A day of calm with one high sample, and three hours without a word.
    const day = [
      ...flat(now - 23 * HOUR, now - 8 * HOUR, MINUTE, (t) => (Math.abs(t - spike) < MINUTE / 2 ? 80 : 2)),
      ...flat(now - 5 * HOUR, now, MINUTE, () => 2),
    ];
    for (let i = 0; i < day.length; i += 300)
      await desk.publish('lifeline/v1/gas/WELL-1/telemetry', day.slice(i, i + 300));
    await desk.publish(
      'lifeline/v1/gas/WELL-2/telemetry',
      flat(now - 20 * HOUR, now - 4 * HOUR, 10 * MINUTE, () => 5),
    );
    // The register says that the gauge and the road are of one street; what nobody has placed is of none.
    const register = ['kind,code,name,lifeline,area,asset,point'];
    register.push('area,990101,书院街道,,,,');
    for (const code of ['RAIN-1', 'ROAD-1']) {
      register.push(`point,${code},${code},waterlogging,990101,,`);
      register.push(`device,${code},,waterlogging,,,${code}`);
    }
    const imported = await fetch(`${desk.service.url}/api/v1/register/import`, {
      method: 'POST',
      headers: { cookie: desk.api.cookie, 'content-type': 'text/csv', origin: desk.service.url },
      body: `${register.join('\r\n')}\r\n`,
    });
    expect(await imported.json()).toMatchObject({ failed: 0 });
    const rain = [3, 2, 1].map((h) => ({ ts: now - h * HOUR, values: { rain1h: 4 * h } }));
    await desk.publish('lifeline/v1/waterlogging/RAIN-1/telemetry', rain);
    await desk.publish('lifeline/v1/waterlogging/ROAD-1/telemetry', [
      { ts: now - 2 * HOUR, values: { depth: 3 } },
      { ts: now - HOUR, values: { depth: 20 } },
    ]);
    const made = await desk.api.post('/points', {
      code: 'NEW-1',
      name: '未接通的点',
      lifeline: 'gas',
      area: '000000',
    });
    expect(made.status).toBe(201);
    page = await desk.operator();
  });
  afterAll(() => desk?.end());

  const open = async (query: string): Promise<void> => {
    await page.goto(`${desk.service.url}/trend${query}`);
    await page.locator('[data-link=live]').waitFor();
  };
  const drawn = (code: string) => page.locator(`[data-curve="${code}"] [data-part=most]`);

  it('asks for a point when none is named, and finds it by a piece of its name', async () => {
    await open('');
    await page.locator('[data-part=trend-empty]').waitFor();
    await page.fill('input[name=point]', 'well-1');
    await page.locator('[data-found="WELL-1"]').waitFor();
    await page.keyboard.press('Enter');
    await expect.poll(() => page.url()).toContain('points=WELL-1');
    await drawn('WELL-1').waitFor();
  });

  it('shows a day with the one high sample in it, the gap, the limits in force and the alarm', async () => {
    await open('?points=WELL-1:ch4');
    await expect.poll(() => drawn('WELL-1').textContent()).toContain('80');
    await page.locator('[data-part=trend] .panel canvas').first().waitFor();
    const strip = page.locator('[data-part=quality] svg').first();
    expect(await strip.getAttribute('aria-label')).toMatch(/无数据 1[5-9]%/);
    expect(await page.locator('[data-part=quality] rect.none').count()).toBeGreaterThanOrEqual(2);
    await page.locator('[data-part=trend-alarms] li').first().waitFor();
    expect(await page.locator('[data-part=trend-alarms] a').first().getAttribute('href')).toMatch(
      /^\/alarms\//,
    );
    // The red of a limit's label or of the alarm's mark is on the canvas: nothing else there is red.
    const reds = (): Promise<number> =>
      page.evaluate(() => {
        const canvas = document.querySelector<HTMLCanvasElement>('.one .panel canvas');
        const data = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
        let n = 0;
        for (let i = 0; i < data.length; i += 4)
          if (data[i] === 255 && data[i + 1] === 77 && data[i + 2] === 79) n += 1;
        return n;
      });
    await expect.poll(reds).toBeGreaterThan(50);
  });

  it('has its ranges on 1–5, steps with [ and ], zooms by drag and comes back', async () => {
    await open('?points=WELL-1:ch4');
    await drawn('WELL-1').waitFor();
    await page.keyboard.press('4');
    await expect.poll(() => page.url()).toContain('range=7d');
    await page.keyboard.press('3');
    await expect.poll(() => page.url()).not.toContain('range');
    await page.keyboard.press('[');
    await expect.poll(() => page.url()).toContain('from=');
    await page.keyboard.press(']');
    await expect.poll(() => page.url()).not.toContain('from=');

    await expect.poll(() => page.locator('.panel').first().getAttribute('data-cells')).not.toBe('0');
    const box = await page.locator('.panel .u-over').first().boundingBox();
    if (box === null) throw new Error('the drawing has no place');
    const y = box.y + box.height / 2;
    await page.mouse.move(box.x + box.width * 0.5, y);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.6, y, { steps: 5 });
    await page.mouse.move(box.x + box.width * 0.7, y, { steps: 5 });
    await page.mouse.up();
    await expect.poll(() => page.url()).toContain('from=');
    const zoomed = new URL(page.url()).searchParams;
    const hours = (Date.parse(zoomed.get('to') ?? '') - Date.parse(zoomed.get('from') ?? '')) / HOUR;
    expect(hours).toBeGreaterThan(4);
    expect(hours).toBeLessThan(6);
    await page.keyboard.press('Backspace');
    await expect.poll(() => page.url()).not.toContain('from=');
  });

  it('compares, and each curve can be taken away and exported', async () => {
    await open('?points=WELL-1:ch4,WELL-2:ch4');
    await expect.poll(() => drawn('WELL-2').textContent()).toContain('5');
    await expect.poll(() => page.locator('[data-part=trend] .one .panel').count()).toBe(1);
    const csv = await page.locator('[data-curve="WELL-2"] [data-part=csv]').getAttribute('href');
    const answer = await page.request.get(`${desk.service.url}${csv}`);
    expect(answer.status()).toBe(200);
    expect((await answer.text()).split('\n').length).toBeGreaterThan(90);
    await page.locator('[data-curve="WELL-2"] .acts button').click();
    await expect.poll(() => page.url()).not.toContain('WELL-2');
  });

  it('draws the rain of the same area above a depth of water', async () => {
    await open('?points=ROAD-1:depth');
    await page.locator('[data-part=rain] .panel canvas').waitFor();
    expect(await page.locator('[data-part=rain] .panel').getAttribute('aria-label')).toContain('12 mm');
  });

  it('draws no rain of a place that nobody knows', async () => {
    await open('?points=WELL-1:ch4');
    await drawn('WELL-1').waitFor();
    await settled(page);
    expect(await page.locator('[data-part=rain]').count()).toBe(0);
  });

  it('A15: says how long a device has been silent, greys its last value, and draws a gap and no line', async () => {
    await open('?points=WELL-2:ch4');
    const newest = page.locator('[data-curve="WELL-2"] [data-part=newest]');
    await expect.poll(() => newest.textContent()).toMatch(/4 小时 \d+ 分前/);
    expect(await newest.locator('.stale').count()).toBe(1);
    await expect
      .poll(() => page.locator('[data-part=quality] rect').last().getAttribute('class'))
      .toBe('none');
  });

  it('says that a point has never reported, and that there is no such point', async () => {
    await open('?points=NEW-1');
    await page.locator('[data-part=never]', { hasText: '从未上报' }).waitFor();
    await open('?points=NO-SUCH');
    await page.locator('[data-part=trend-fault]', { hasText: 'NO-SUCH' }).waitFor();
  });

  it('A13: has no serious or critical finding of axe-core with curves of two units, in both themes', async () => {
    await open('?points=WELL-1:ch4,WELL-2:ch4,ROAD-1:depth');
    const ready = async (): Promise<void> => {
      await drawn('WELL-1').waitFor();
      await page.locator('[data-part=trend] .one .panel canvas').nth(1).waitFor();
    };
    expect([
      ...(await axeFindings(page, 'light', ready)),
      ...(await axeFindings(page, 'dark', ready)),
    ]).toEqual([]);
  });

  it('fits a phone', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await open('?points=WELL-1:ch4,ROAD-1:depth');
    await drawn('WELL-1').waitFor();
    expect(
      await page.evaluate(
        () =>
          (document as unknown as { documentElement: { scrollWidth: number } }).documentElement.scrollWidth <=
          innerWidth,
      ),
    ).toBe(true);
    await page.setViewportSize({ width: 1366, height: 768 });
  });

  it('did all that without a fault', () => {
    expect(desk.faults).toEqual([]);
  });
});

describe.skipIf(CHROMIUM === null)('the trend while the history store is away', () => {
  let desk: BrowserHarness;
  beforeAll(async () => {
    // Nothing listens on port 1 of this machine.
    desk = await BrowserHarness.start({
      LIFELINE_INFLUX_URL: 'http://127.0.0.1:1',
      LIFELINE_INFLUX_TOKEN: 'none',
      LIFELINE_INFLUX_ORG: 'o',
      LIFELINE_INFLUX_BUCKET: 'b',
    });
    await desk.gas('WELL-9', 60);
  });
  afterAll(() => desk?.end());

  it('says so in words, and that alarms are not touched by it', async () => {
    const page = await desk.operator();
    await page.goto(`${desk.service.url}/trend?points=WELL-9:ch4`);
    await page.locator('[data-part=trend-fault]', { hasText: '历史数据库暂时不可用' }).waitFor();
    await page.locator('[data-part=trend-alarms] li').first().waitFor();
    expect(await page.locator('[data-curve="WELL-9"] [data-part=newest]').textContent()).toContain('60 %LEL');
  });
});
