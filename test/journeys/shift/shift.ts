import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { demo as demoCity } from '../../../simulators/profiles/demo.ts';
import { registerCsv } from '../../../simulators/register-csv.ts';
import type { AlarmJson } from '../../../src/wire/alarm.ts';
import { PASSWORD } from '../../support/service-process.ts';
import { BrowserHarness, Cable, quantile } from '../pages/browser-harness.ts';
import { logIn } from '../pages/page-browser.ts';
import { type Found, Inspector } from './inspector.ts';
import { OFFICER, Officer } from './officer.ts';

const SIMULATOR = join(import.meta.dirname, '../../../simulators/main.ts');

export type Shift = {
  readonly seed: number;
  /** As long as one of them is left. */
  readonly minutes: number;
  readonly acts: number;
  /** By how much the page may be behind the service, in ms. */
  readonly patience: number;
  /** Where pictures of what was found go. */
  readonly out: string | null;
  readonly say: (line: string) => void;
};

export type Worked = {
  readonly found: readonly Found[];
  readonly acts: number;
  readonly done: ReadonlyMap<string, number>;
  /** Until the strip agreed with the service, in ms. */
  readonly behind: { readonly p50: number; readonly p95: number };
  /** Of the page, in MiB, when the shift began and when it ended. */
  readonly heap: readonly [number, number];
  readonly alarms: number;
};

/** Of areas, assets and points. */
const namesIn = (register: string): ReadonlySet<string> =>
  new Set(
    register
      .split('\n')
      .flatMap((line) => line.split(',')[2] ?? [])
      .filter((name) => /[\u4e00-\u9fff]{3}/.test(name)),
  );

/** A shift at the desk: the demo city with something happening every half minute, and an officer in a real browser. */
export async function workShift(o: Shift): Promise<Worked> {
  const register = registerCsv(demoCity());
  const desk = await BrowserHarness.start();
  const cable = await Cable.to(desk.service.url);
  const simulator = spawn(
    process.execPath,
    [
      ...[SIMULATOR, '--url', `mqtt://${desk.service.mqttHost}:${desk.service.mqttPort}`],
      ...['--scenario', 'storyline', '--speed', '4', '--seed', String(o.seed)],
    ],
    { stdio: 'ignore' },
  );
  try {
    const imported = await fetch(`${desk.service.url}/api/v1/register/import`, {
      method: 'POST',
      headers: { cookie: desk.api.cookie, 'content-type': 'text/csv', origin: desk.service.url },
      body: register,
    });
    if (!imported.ok)
      throw new Error(`the register was answered ${imported.status}: ${await imported.text()}`);
    await desk.person(OFFICER, ['operator']);
    const page = await desk.stranger({}, cable.url);
    await logIn(page, OFFICER, PASSWORD);
    await page.locator('.list .place').first().waitFor({ timeout: 60_000 });
    const cdp = await page.context().newCDPSession(page);
    const heap = async (): Promise<number> => {
      for (let i = 0; i < 3; i++) await cdp.send('HeapProfiler.collectGarbage');
      return (await cdp.send('Runtime.getHeapUsage')).usedSize / 1_048_576;
    };
    const inspector = new Inspector({
      page,
      api: desk.api,
      out: o.out,
      names: namesIn(register),
      patience: o.patience,
    });
    const officer = new Officer({ page, api: desk.api, cable, inspector, seed: o.seed });
    const heapBefore = await heap();
    const until = performance.now() + o.minutes * 60_000;
    let acts = 0;
    let told = performance.now();
    while (acts < o.acts && performance.now() < until) {
      const what = await officer.act().catch(async (cause: unknown) => {
        await inspector.say(`an act could not be done: ${String(cause).slice(0, 400)}`, 'act');
        await page.goto(cable.url);
        return 'what could not be done';
      });
      acts++;
      for (const fault of desk.faults) await inspector.say(fault, what);
      if (performance.now() - told < 30_000) continue;
      told = performance.now();
      o.say(
        `${acts} acts, ${inspector.found.length} found, ${Math.ceil((until - told) / 60_000)} minutes left`,
      );
    }
    await page.goto(cable.url);
    await page.locator('[data-link=live]').waitFor();
    const heapAfter = await heap();
    return {
      found: inspector.found,
      acts,
      done: officer.done,
      behind: { p50: quantile(inspector.behind, 0.5), p95: quantile(inspector.behind, 0.95) },
      heap: [heapBefore, heapAfter],
      alarms: (await desk.api.all<AlarmJson>('/alarms')).length,
    };
  } finally {
    const gone = simulator.exitCode === null ? once(simulator, 'exit') : null;
    simulator.kill('SIGTERM');
    await gone;
    await cable.end();
    await desk.end();
  }
}
