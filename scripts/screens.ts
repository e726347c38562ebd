import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import { demo as demoCity } from '../simulators/profiles/demo.ts';
import { registerCsv } from '../simulators/register-csv.ts';
import { findChromium, launch, logIn } from '../test/journeys/page-browser.ts';
import { PASSWORD, ServiceProcess } from '../test/support/service-process.ts';
import { buildConsole } from './build-console.ts';

/**
 * Pictures of every screen while the storyline runs, from the real service: `npm run screens`.
 * Dark and light, Chinese and English, a small desk monitor and a phone, into `docs/screens/`.
 */
const { values } = parseArgs({
  options: {
    out: { type: 'string', default: join(import.meta.dirname, '../docs/screens') },
    only: { type: 'string', default: '' },
    speed: { type: 'string', default: '30' },
    seconds: { type: 'string', default: '45' },
  },
});

const SIZES = { desk: { width: 1366, height: 768 }, phone: { width: 390, height: 844 } } as const;
/** Not every combination: each theme and each language is seen on each screen, and the phone once. */
const LOOKS = [
  { theme: 'dark', language: 'zh-CN', size: 'desk' },
  { theme: 'light', language: 'en', size: 'desk' },
  { theme: 'light', language: 'zh-CN', size: 'phone' },
] as const;

const chromium = findChromium();
if (chromium === null) {
  console.error('no Chromium on the PATH: apt-get install chromium');
  process.exit(1);
}
await buildConsole();
await mkdir(values.out, { recursive: true });
const dir = await mkdtemp(join(tmpdir(), 'lifeline-screens-'));
const [service, browser] = await Promise.all([ServiceProcess.start(dir), launch(chromium)]);
const city = demoCity();
const api = await service.client();
const imported = await fetch(`${service.url}/api/v1/register/import`, {
  method: 'POST',
  headers: { cookie: api.cookie, 'content-type': 'text/csv', origin: service.url },
  body: registerCsv(city),
});
if (!imported.ok)
  throw new Error(`the register import was answered ${imported.status}: ${await imported.text()}`);

const simulator = spawn(
  process.execPath,
  [
    join(import.meta.dirname, '../simulators/main.ts'),
    ...['--url', `mqtt://${service.mqttHost}:${service.mqttPort}`, '--profile', 'demo'],
    ...['--scenario', 'storyline', '--speed', values.speed],
  ],
  { stdio: 'ignore' },
);
try {
  const page = await browser.newPage({ viewport: SIZES.desk });
  await page.goto(service.url);
  await logIn(page, 'admin', PASSWORD);
  await page.locator('[data-link=live]').waitFor();
  // The storyline needs its time: pictures of an empty list say nothing.
  await page.waitForTimeout(Number(values.seconds) * 1_000);
  await page.keyboard.press('a');
  await page.waitForTimeout(1_000);

  const { items } = await api.get<{ items: { id: string; pointCode: string }[] }>('/alarms?limit=3');
  const first = items[0];
  const screens: Record<string, string> = await routesToShow(page, first);
  for (const [name, path] of Object.entries(screens)) {
    if (values.only !== '' && !values.only.split(',').includes(name)) continue;
    for (const look of LOOKS) {
      await page.setViewportSize(SIZES[look.size]);
      await page.evaluate(
        ([theme, language]) => {
          localStorage.setItem('lifeline.theme', theme as string);
          localStorage.setItem('lifeline.language', language as string);
        },
        [look.theme, look.language],
      );
      await page.goto(`${service.url}${path}`);
      await page.locator('[data-link=live]').waitFor();
      await page.waitForTimeout(1_500);
      if (await page.locator('.missing').isVisible()) break;
      const file = `${name}-${look.size}-${look.theme}-${look.language === 'en' ? 'en' : 'zh'}.png`;
      await page.screenshot({ path: join(values.out, file) });
      console.log(file);
    }
  }
} finally {
  if (simulator.exitCode === null) {
    const gone = once(simulator, 'exit');
    simulator.kill('SIGTERM');
    await gone;
  }
  await browser.close();
  await service.stop();
  await rm(dir, { recursive: true, force: true });
}

/** The screens in the navigation, and those that are about one thing. */
async function routesToShow(
  page: Page,
  alarm: { id: string; pointCode: string } | undefined,
): Promise<Record<string, string>> {
  const paths = await page
    .locator('.nav a')
    .evaluateAll((links) =>
      links.map((l) => (l as unknown as { getAttribute(name: string): string }).getAttribute('href')),
    );
  const screens = Object.fromEntries(paths.map((p) => [p === '/' ? 'duty' : p.slice(1), p]));
  if (alarm === undefined) return screens;
  return {
    ...screens,
    alarm: `/alarms/${alarm.id}`,
    point: `/points/${alarm.pointCode}`,
    // The storyline is told quickly: all of it lies in the last minute.
    trend: `/trend?points=${alarm.pointCode}&from=${new Date(Date.now() - 50_000).toISOString()}&to=${new Date().toISOString()}`,
  };
}
