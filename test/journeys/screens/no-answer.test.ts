import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildConsole } from '../../../scripts/build-console.ts';
import { PASSWORD, ServiceProcess } from '../../support/service-process.ts';
import { CHROMIUM } from '../pages/browser-harness.ts';
import { launch, logIn, visit } from '../pages/page-browser.ts';

describe.skipIf(CHROMIUM === null)('F5 while the service is down', () => {
  let dir: string;
  let service: ServiceProcess;
  let browser: Browser;
  beforeAll(async () => {
    await buildConsole();
    dir = await mkdtemp(join(tmpdir(), 'lifeline-no-answer-'));
    [service, browser] = await Promise.all([ServiceProcess.start(dir), launch(CHROMIUM as string)]);
  }, 90_000);
  afterAll(async () => {
    await browser?.close();
    await service?.stop();
    await rm(dir, { recursive: true, force: true });
  });

  it('says in words that no alarm is seen here, and opens the desk again by itself', async () => {
    const { url } = service;
    const { page } = await visit(browser, url);
    await logIn(page, 'admin', PASSWORD);
    await page.locator('[data-link=live]').waitFor();
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    await service.stop();
    await page.reload();
    await page.locator('[data-part=no-answer]').getByText('此刻看不到新报警').waitFor();
    expect(await page.locator('[data-part=no-answer]').textContent()).toContain(
      'new alarms are not seen here',
    );
    service = await ServiceProcess.start(dir, { LIFELINE_HTTP_PORT: new URL(url).port });
    await page.locator('.strip [data-link=live]').waitFor({ timeout: 30_000 });
  }, 90_000);
});
