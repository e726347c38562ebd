import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BrowserHarness, CHROMIUM } from '../pages/browser-harness.ts';

describe.skipIf(CHROMIUM === null)('a wall that nobody logs in at', () => {
  let desk: BrowserHarness;
  let page: Page;
  let token: string;
  const asked: string[] = [];
  beforeAll(async () => {
    desk = await BrowserHarness.start();
    for (let i = 0; i < 12; i++) await desk.gas(`RED-${i}`, 60);
    for (let i = 0; i < 3; i++)
      await desk.publish(`lifeline/v1/manhole/COVER-${i}/telemetry`, { values: { open: true } });
    const made = await desk.api.post('/tokens', { name: 'hall', role: 'wall', expiresAt: null });
    token = String(made.body.token);
    page = await desk.stranger({ viewport: { width: 1366, height: 768 } });
    page.on('request', (r) => asked.push(r.url()));
  });
  afterAll(() => desk?.end());

  it('opens by /wall#token, which then stands neither in the address nor in anything that was asked for', async () => {
    await page.goto(`${desk.service.url}/wall#${encodeURIComponent(token)}`);
    await page.reload();
    await page.locator('[data-part=wall] [data-link=live]').waitFor();
    expect(page.url()).toBe(`${desk.service.url}/wall`);
    expect(asked.filter((url) => url.includes(token))).toEqual([]);
  });

  it('stays open after F5, and shows nothing else than the wall', async () => {
    await page.reload();
    await page.locator('[data-part=wall] [data-link=live]').waitFor();
    await page.goto(`${desk.service.url}/`);
    await page.locator('[data-part=wall]').waitFor();
  });

  it('keeps the reds in sight on every page', async () => {
    await expect.poll(() => page.locator('.grave li').count()).toBeGreaterThanOrEqual(5);
    const pinned = await page
      .locator('.grave [data-pinned]')
      .evaluateAll((all) => all.map((e) => (e as unknown as { dataset: { point: string } }).dataset.point));
    expect(pinned.length).toBeGreaterThanOrEqual(3);
    expect(pinned.filter((p) => !p.startsWith('RED'))).toEqual([]);
    expect(await page.locator('.grave h2').textContent()).toContain('12 + 3');
  });

  it('says in words that a token is wrong, or stands where logs keep it', async () => {
    const other = await desk.stranger();
    await other.goto(`${desk.service.url}/wall#not-a-token-of-ours`);
    await other.getByText('大屏令牌无效').waitFor();
    await other.goto(`${desk.service.url}/wall?token=${encodeURIComponent(token)}`);
    await other.getByText('请写在 # 之后').waitFor();
    expect(other.url()).toBe(`${desk.service.url}/wall`);
    // Behind # it opens, also where the page is open already.
    await other.evaluate((t) => location.assign(`#${t}`), encodeURIComponent(token));
    await other.locator('[data-part=wall] [data-link=live]').waitFor();
  });

  it('did all that without a fault', () => {
    expect(desk.faults).toEqual([]);
  });
});
