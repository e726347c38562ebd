import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BrowserHarness, CHROMIUM } from '../pages/browser-harness.ts';
import { axeFindings } from '../pages/page-axe.ts';

/** Of one load of the desk, compressed as it goes over the line. */
const FIRST_LOAD = 250 * 1_024;

describe.skipIf(CHROMIUM === null)('help at the desk', () => {
  let desk: BrowserHarness;
  let page: Page;
  beforeAll(async () => {
    desk = await BrowserHarness.start();
    page = await desk.operator();
    page.setDefaultTimeout(20_000);
  });
  afterAll(() => desk?.end());

  it('the first shift is offered once: its steps are kept, and it is dismissed for good', async () => {
    await page.click('[data-part=first-begin]');
    await page.check('[name=step-1]');
    await page.keyboard.press('Escape');
    await page.reload();
    await page.locator('[data-link=live]').waitFor();
    await page.click('[data-part=first-begin]');
    expect(await page.isChecked('[name=step-1]')).toBe(true);
    expect(await page.isChecked('[name=step-2]')).toBe(false);
    await page.click('[data-part=first-done]');
    await page.reload();
    await page.locator('[data-link=live]').waitFor();
    expect(await page.locator('[data-part=first-strip]').count()).toBe(0);
  });

  it('? says on each screen what it is for, and its keys', async () => {
    await page.locator('.screen').click();
    await page.keyboard.press('?');
    await page.locator('dialog[open] [data-part=about-screen]').getByText('多选').waitFor();
    await page.locator('dialog[open] kbd', { hasText: 'Shift A' }).waitFor();
    const handbook = (await page.locator('dialog[open] a').getAttribute('href')) ?? '';
    expect(await page.evaluate(async (url) => (await fetch(url)).status, handbook)).toBe(200);
    await page.keyboard.press('Escape');
    await page.goto(`${desk.service.url}/alarms`);
    await page.locator('[data-part=query-screen]').waitFor();
    await page.keyboard.press('?');
    await page.locator('dialog[open] [data-part=about-screen]').getByText('日历').waitFor();
    await page.keyboard.press('Escape');
  });

  it('is installable: a manifest without a fault', async () => {
    await page.goto(desk.service.url);
    const devtools = await page.context().newCDPSession(page);
    const manifest = await devtools.send('Page.getAppManifest');
    expect(manifest.errors).toEqual([]);
    expect(JSON.parse(manifest.data ?? '{}')).toMatchObject({ short_name: '值班台', display: 'standalone' });
  });

  it('what the desk loads first is light, although map, wall and curves have grown', async () => {
    const other = await desk.stranger();
    const devtools = await other.context().newCDPSession(other);
    await devtools.send('Network.enable');
    await devtools.send('Network.setCacheDisabled', { cacheDisabled: true });
    const urls = new Set<string>();
    other.on('response', (r) => {
      if (/\.(js|css|html)$|\/$/.test(new URL(r.url()).pathname)) urls.add(r.url());
    });
    await other.goto(desk.service.url);
    await other.fill('input[name=account]', 'admin');
    await other.fill('input[name=password]', 'Korrekt-Pferd-9');
    await other.keyboard.press('Enter');
    await other.locator('[data-link=live]').waitFor();
    await other.locator('.duty').waitFor();
    const { gzipSync } = await import('node:zlib');
    let bytes = 0;
    for (const url of urls) bytes += gzipSync(Buffer.from(await (await fetch(url)).arrayBuffer())).byteLength;
    console.info(`first load of the desk: ${(bytes / 1_024).toFixed(0)} kB gzip in ${urls.size} files`);
    expect(bytes).toBeLessThan(FIRST_LOAD);
  });

  it.each(['dark', 'light'] as const)('axe, %s', async (theme) => {
    const ready = async () => {
      await page.locator('[data-link=live]').waitFor();
      await page.keyboard.press('?');
      await page.locator('dialog[open]').waitFor();
    };
    expect(await axeFindings(page, theme, ready)).toEqual([]);
  });

  it('did all that without a fault', () => {
    expect(desk.faults).toEqual([]);
  });
});
