import { mkdirSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hj212Speech } from '../../../../simulators/doors/hj212.ts';
import { StationLine } from '../../../../simulators/doors/station-line.ts';
import { hj212Bytes } from '../../../../src/wire/protocols/hj212/framer.ts';
import { compactWall } from '../../../../src/wire/protocols/local-time.ts';
import { eventually } from '../../../support/eventually.ts';
import { BrowserHarness, CHROMIUM } from '../../pages/browser-harness.ts';

describe.skipIf(CHROMIUM === null)('a device that came in by a door of its standard', () => {
  let desk: BrowserHarness;
  let page: Page;
  beforeAll(async () => {
    desk = await BrowserHarness.start({ LIFELINE_DOOR_HJ212_PORT: '0' });
    page = await desk.operator();
  });
  afterAll(() => desk?.end());

  it('says on its page whether what was answered is kept, or whether it is best effort', async () => {
    const ready = desk.service.log.find((l) => l.msg === 'ready');
    const port = Number(String(ready?.hj212).split(':')[1]);
    const line = new StationLine<number>({ port: () => port, listener: hj212Speech().listener });
    const send = (flag: number, n: number) => {
      const qn = `20${compactWall(Date.now(), 8 * 3_600_000)}00${n}`;
      const cp = `DataTime=${qn.slice(0, 14)};w01018-Rtd=36.2,w01018-Flag=N`;
      const bytes = hj212Bytes({ qn, st: '32', cn: '2011', pw: '1', mn: 'OUTFALL-01', flag, cp });
      line.send({ bytes, key: `OUTFALL-01/${qn}`, about: n });
    };
    try {
      send(5, 1);
      await eventually(async () => line.answered.length === 1);
      await page.goto(`${desk.service.url}/devices/OUTFALL-01`);
      const health = page.locator('[data-part=health]');
      await health.getByText('HJ 212').waitFor();
      expect(await health.textContent()).toContain('应答过的都已保存');
      send(4, 2);
      await eventually(async () => {
        await page.reload();
        await health.getByText('HJ 212').waitFor();
        return ((await health.textContent()) ?? '').includes('尽力而为');
      });
      const seen = process.env.PICTURES;
      if (seen !== undefined) {
        mkdirSync(seen, { recursive: true });
        await page.screenshot({ path: `${seen}/device-door.png`, fullPage: true });
        await page.setViewportSize({ width: 390, height: 844 });
        await page.screenshot({ path: `${seen}/device-door-390.png`, fullPage: true });
        await page.setViewportSize({ width: 1280, height: 900 });
        await page.getByRole('button', { name: 'English' }).first().click();
        await page.emulateMedia({ colorScheme: 'dark' });
        await health.getByText('best effort').waitFor();
        await page.screenshot({ path: `${seen}/device-door-en-dark.png`, fullPage: true });
      }
    } finally {
      line.close();
    }
  });
});
