import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { BrowserContext, Page } from 'playwright-core';
import { findChromium, launch, logIn } from '../test/journeys/pages/page-browser.ts';
import { PASSWORD, ServiceProcess } from '../test/support/service-process.ts';
import { buildConsole } from './build-console.ts';
import { fileOf, type Look, looksFor } from './screens/looks.ts';
import { type Scene, scenes } from './screens/scenes.ts';
import { AUDITOR, appointPeople, setStage } from './screens/stage.ts';

/**
 * Pictures of every screen while the storyline runs, from the real service: `npm run screens`.
 * Dark and light, Chinese and English, a small desk monitor and a phone, into `docs/screens/`. Chinese needs a font
 * (`apt-get install fonts-noto-cjk`); `pngquant`, where there is one, makes the files small.
 */
const { values } = parseArgs({
  options: {
    out: { type: 'string', default: join(import.meta.dirname, '../docs/screens') },
    /** Names of scenes, by commas. */
    only: { type: 'string', default: '' },
    /** Another monitor than the usual ones, such as 3840x2160. */
    size: { type: 'string', default: '' },
    speed: { type: 'string', default: '4' },
    seconds: { type: 'string', default: '75' },
  },
});

/** Who sees no alarms has no live link. */
const SHOWN = {
  city: '[data-link=live]',
  'first-start': '[data-link=live]',
  auditor: 'nav',
  door: 'input[name=account]',
} as const;
/** What a screen asks for has come, and is drawn. */
const SETTLED_MS = 2_000;

const chromium = findChromium();
if (chromium === null) {
  console.error('no Chromium on the PATH: apt-get install chromium');
  process.exit(1);
}
await buildConsole();
await mkdir(values.out, { recursive: true });
const dir = await mkdtemp(join(tmpdir(), 'lifeline-screens-'));
const [service, empty, browser] = await Promise.all([
  ServiceProcess.start(join(dir, 'city')),
  ServiceProcess.start(join(dir, 'empty')),
  launch(chromium),
]);
try {
  await appointPeople(service);
  const stage = await setStage(service, dir, join(dir, 'city'), {
    speed: values.speed,
    seconds: Number(values.seconds),
  });
  try {
    const wanted = values.only === '' ? null : new Set(values.only.split(','));
    const shown = scenes(stage).filter((s) => wanted === null || wanted.has(s.name));
    for (const look of looksFor(values.size)) await takeAll(shown, look);
  } finally {
    await stage.end();
  }
} finally {
  await browser.close();
  await Promise.all([service.stop(), empty.stop()]);
  await rm(dir, { recursive: true, force: true });
}

async function takeAll(shown: readonly Scene[], look: Look): Promise<void> {
  const context = await browser.newContext({ viewport: look.viewport, locale: look.language });
  await context.addInitScript(
    `localStorage.setItem('lifeline.theme', '${look.theme}'); localStorage.setItem('lifeline.language', '${look.language}'); localStorage.setItem('lifeline.first-shift', 'done')`,
  );
  for (const [at, own] of Map.groupBy(shown, (s) => s.at ?? 'city')) {
    const url = at === 'first-start' ? empty.url : service.url;
    const page = at === 'door' ? null : await inside(context, url, at === 'auditor' ? AUDITOR : 'admin');
    for (const scene of own) await take(page ?? (await context.newPage()), url, scene, look);
    if (at !== 'door') await context.clearCookies();
  }
  await context.close();
}

async function inside(context: BrowserContext, url: string, account: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(url);
  await logIn(page, account, PASSWORD);
  await page.locator(SHOWN[account === AUDITOR ? 'auditor' : 'city']).waitFor();
  return page;
}

async function take(page: Page, url: string, scene: Scene, look: Look): Promise<void> {
  await page.goto(`${url}${scene.path}`);
  await page.locator(SHOWN[scene.at ?? 'city']).waitFor();
  await page.waitForTimeout(SETTLED_MS / 2);
  await scene.first?.(page);
  await page.waitForTimeout(SETTLED_MS);
  const path = join(values.out, fileOf(scene.name, look));
  await page.screenshot({ path });
  spawnSync('pngquant', ['--force', '--skip-if-larger', '--speed', '1', '--output', path, '64', path]);
  console.log(path);
}
