import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BrowserHarness, CHROMIUM, row } from './browser-harness.ts';

describe.skipIf(CHROMIUM === null)('what nobody writes down', () => {
  let desk: BrowserHarness;
  let page: Page;
  beforeAll(async () => {
    desk = await BrowserHarness.start();
    await desk.gas('PAPER-1', 60);
    page = await desk.operator({ permissions: ['clipboard-read', 'clipboard-write'] });
    await row(page, 'PAPER-1').click();
  }, 60_000);
  afterAll(() => desk?.end());

  const alarm = async (): Promise<{ id: string; phase: string }> => {
    const { items } = await desk.api.get<{ items: { id: string; phase: string }[] }>('/alarms?point=PAPER-1');
    return items[0] as { id: string; phase: string };
  };
  const pasted = (): Promise<string> => page.evaluate(() => navigator.clipboard.readText());

  it('a point’s code is copied with one click, and the link to its alarm opens that alarm', async () => {
    await page.locator('.detail .codes [data-part=copy]').first().click();
    await expect.poll(pasted).toBe('PAPER-1');
    await page.locator('.detail .codes [data-part=copy]').nth(1).click();
    await expect.poll(pasted).toMatch(/\/alarms\/[\w-]+$/);
    await page.goto(await pasted());
    await page.locator('[data-part=alarm-file] [data-event=raised]').waitFor();
  });

  it('an alarm’s file goes onto paper whole: who, what, when with its date, and nothing to press', async () => {
    await page.emulateMedia({ media: 'print' });
    await page.setViewportSize({ width: 794, height: 1123 });
    const seen = (words: string): Promise<number> => page.getByText(words).filter({ visible: true }).count();
    const today = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
    for (const said of ['PAPER-1', today, '北京时间', '60 %LEL', '处置建议', '为什么报警', '全过程'])
      expect([said, (await seen(said)) > 0]).toEqual([said, true]);
    for (const hidden of ['复制链接', '搁置', '声音未启用'])
      expect([hidden, await seen(hidden)]).toEqual([hidden, 0]);
    // Nothing is cut off by a window that only a screen can scroll.
    const cut = await page.locator('.detail .scroll').evaluate((e) => {
      const box = e as unknown as { scrollHeight: number; clientHeight: number };
      return box.scrollHeight - box.clientHeight;
    });
    expect(cut).toBeLessThanOrEqual(1);
    expect((await page.pdf({ format: 'A4' })).length).toBeGreaterThan(10_000);
    await page.emulateMedia({ media: 'screen' });
    await page.setViewportSize({ width: 1366, height: 768 });
  });

  it('D and E are announced and offered', async () => {
    await page.goto(desk.service.url);
    await row(page, 'PAPER-1').waitFor();
    await page.keyboard.press('?');
    await page.locator('dialog[open]').waitFor();
    const keys = await page.locator('dialog[open] kbd').allTextContents();
    expect(keys).toEqual(expect.arrayContaining(['A', 'S', 'N', 'M', '/', '?']));
    expect(keys.filter((k) => /^[DE]$/.test(k.trim()))).toEqual(['D', 'E']);
    await page.keyboard.press('Escape');
    for (const act of ['派单', '预警'])
      expect(await page.locator('.actions', { hasText: act }).count()).toBe(1);
  });

  it('the hand-over tells the service’s own figures of the shift, and a device its data quality', async () => {
    await page.goto(`${desk.service.url}/handover`);
    const figures = page.locator('[data-part=figures]');
    await expect.poll(() => figures.textContent()).toMatch(/新发报警\s*1\s*1 红 1/);
    const { acknowledged } = await desk.api.get<{ acknowledged: { count: number } }>('/indicators');
    expect(acknowledged.count).toBe(0);
    await page.goto(`${desk.service.url}/alarms/${(await alarm()).id}`);
    await page.locator('.ack').click();
    await expect.poll(async () => (await alarm()).phase).toBe('active-acked');
    await page.goto(`${desk.service.url}/handover`);
    await expect.poll(() => figures.textContent()).toMatch(/已确认\s*1\s*此刻未确认 0/);
    await page.goto(`${desk.service.url}/devices/PAPER-1`);
    await expect.poll(() => page.locator('[data-part=health]').textContent()).toContain('没有发现故障');
  });

  it('the wall has the city’s map with what is wrong on it, as soon as a point has a place', async () => {
    await page.goto(`${desk.service.url}/?wall`);
    await page.locator('[data-lifeline=gas].level-1').waitFor();
    expect(await page.locator('[data-part=wall-map]').count()).toBe(0);
    const placed = await fetch(`${desk.service.url}/api/v1/points/PAPER-1`, {
      method: 'PATCH',
      headers: { cookie: desk.api.cookie, 'content-type': 'application/json', origin: desk.service.url },
      body: JSON.stringify({ place: { lon: 117.97, lat: 31.0, crs: 'CGCS2000' } }),
    });
    expect(placed.status).toBe(200);
    await page.reload();
    await page.locator('[data-part=wall-map] [data-clusters="1"] canvas').first().waitFor();
    expect(await page.getAttribute('[data-part=wall-map]', 'aria-label')).toContain('异常 1');
    expect(desk.faults).toEqual([]);
  });
});
