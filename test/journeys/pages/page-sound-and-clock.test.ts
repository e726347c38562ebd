import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildConsole } from '../../../scripts/build-console.ts';
import { EdgeHarness, PASSWORD } from '../../support/edge-harness.ts';
import { CHROMIUM } from './browser-harness.ts';
import { launch, logIn } from './page-browser.ts';

type Probe = {
  AudioContext: new () => object;
  contexts: { suspend(): Promise<void>; close(): Promise<void>; resume(): Promise<void> }[];
  shift: number;
};

/** The page with its sound contexts, and the clock of its PC, in our hands. */
function prepare(): void {
  const w = globalThis as unknown as Probe;
  w.contexts = [];
  w.shift = 0;
  const real = Date.now.bind(Date);
  Date.now = () => real() + w.shift;
  const Real = w.AudioContext;
  w.AudioContext = class extends Real {
    constructor() {
      super();
      w.contexts.push(this as unknown as Probe['contexts'][number]);
    }
  };
}

describe.skipIf(CHROMIUM === null)('what a PC does behind the back of the page', () => {
  let edge: EdgeHarness;
  let browser: Browser;
  let page: Page;
  beforeAll(async () => {
    await buildConsole();
    edge = await EdgeHarness.open({
      consoleDir: join(import.meta.dirname, '../../../dashboards/console/dist'),
    });
    browser = await launch(CHROMIUM as string);
    page = await (await browser.newContext({ viewport: { width: 1366, height: 768 } })).newPage();
    await page.addInitScript(prepare);
    await page.goto(edge.url);
    await logIn(page, 'admin', PASSWORD);
    await page.locator('[data-part=sound-strip] button').click();
    await page.locator('[data-part=sound-strip]').waitFor({ state: 'detached' });
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await edge?.close();
  });

  it('suspends the sound for good: the strip says that no alarm will be heard, until it is back', async () => {
    await page.evaluate(async () => {
      const context = (globalThis as unknown as Probe).contexts[0] as Probe['contexts'][number];
      const resume = context.resume.bind(context);
      context.resume = () => new Promise(() => undefined);
      Object.assign(globalThis, { giveBack: resume });
      await context.suspend();
    });
    await edge.flow.telemetry('gas', 'LOUD-1', { values: { ch4: 60 } });
    const strip = page.locator('[data-part=sound-strip]');
    await strip.waitFor();
    expect(await strip.textContent()).toContain('声音中断');
    expect(await page.getAttribute('.sound', 'data-sounding')).toBe('');
    await page.evaluate(() => (globalThis as unknown as { giveBack(): Promise<void> }).giveBack());
    await strip.waitFor({ state: 'detached' });
    await expect.poll(() => page.getAttribute('.sound', 'data-sounding')).toBe('1');
  });

  it('closes the sound: another one is made, and rings', async () => {
    await page.evaluate(() => (globalThis as unknown as Probe).contexts.at(-1)?.close());
    await expect.poll(() => page.evaluate(() => (globalThis as unknown as Probe).contexts.length)).toBe(2);
    await expect.poll(() => page.getAttribute('.sound', 'data-sounding')).toBe('1');
  });

  it.each([-8, 1])('sets its clock by %i hours: a mute and the ages stay what they are', async (hours) => {
    await page.locator('.sound button').click();
    await page.evaluate((h) => {
      (globalThis as unknown as Probe).shift = h * 3_600_000;
    }, hours);
    const left = async () => Number(/静音 (\d+) 秒/.exec((await page.textContent('.sound')) ?? '')?.[1]);
    const before = await left();
    // The next second has been told.
    await expect.poll(left).toBeLessThan(before);
    expect(before).toBeLessThanOrEqual(121);
    expect(await left()).toBeGreaterThan(60);
    expect(await page.textContent('.list [data-point="LOUD-1"]')).not.toMatch(/小时|天/);
    await page.locator('.sound button').click();
  });
});
