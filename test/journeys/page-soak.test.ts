import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM, Desk, row } from './page-desk.ts';

/** Readings in all; as many as a wall sees in a night. */
const UPDATES = Number(process.env.SOAK_UPDATES ?? 200_000);
const POINTS = 40;
const PER_PACKET = 50;

describe.skipIf(CHROMIUM === null)('a night on the wall, compressed', () => {
  let desk: Desk;
  beforeAll(async () => {
    desk = await Desk.start();
  });
  afterAll(() => desk?.end());

  it('leaves one WebSocket, a heap that has not grown, and no unhandled error', async () => {
    const page = await desk.operator({ viewport: { width: 1366, height: 6_000 } });
    let opened = 0;
    let closed = 0;
    page.on('websocket', (s) => {
      opened += 1;
      s.on('close', () => {
        closed += 1;
      });
    });
    await page.reload();
    await page.locator('[data-link=live]').waitFor();
    const start = Date.now() - 3_600_000 * 2;
    const packets = Math.ceil(UPDATES / PER_PACKET / POINTS);
    for (let p = 0; p < POINTS; p++) await desk.gas(`N-${p}`, 60, start - 1_000);
    await row(page, 'N-0').waitFor();
    const cdp = await page.context().newCDPSession(page);
    const heap = async (): Promise<number> => {
      await cdp.send('HeapProfiler.collectGarbage');
      await cdp.send('HeapProfiler.collectGarbage');
      return (await cdp.send('Runtime.getHeapUsage')).usedSize / 1_048_576;
    };
    let early = 0;
    let sent = 0;
    for (let round = 0; round < packets; round++) {
      await Promise.all(
        Array.from({ length: POINTS }, (_, p) =>
          desk.publish(
            `lifeline/v1/gas/N-${p}/telemetry`,
            Array.from({ length: PER_PACKET }, (_, i) => ({
              ts: start + (round * PER_PACKET + i) * 1_000,
              values: { ch4: 55 + ((round + i + p) % 20) },
            })),
          ),
        ),
      );
      sent += POINTS * PER_PACKET;
      // Somebody works, too: a note, an alarm that comes, another that is looked at.
      if (round % 5 === 0) {
        await desk.gas(`X-${round}`, 60);
        await page.keyboard.press('ArrowDown');
      }
      if (early === 0 && sent >= UPDATES / 5) early = await heap();
    }
    await expect.poll(() => row(page, 'N-0').textContent(), { timeout: 30_000 }).toMatch(/%LEL/);
    const late = await heap();
    console.info(
      `soak: ${sent} updates, heap ${early.toFixed(1)} MB after a fifth, ${late.toFixed(1)} MB after all; sockets opened ${opened}, closed ${closed}`,
    );
    expect(opened - closed).toBe(1);
    expect(late).toBeLessThan(early * 1.2 + 1);
    expect(desk.faults).toEqual([]);
  }, 300_000);
});
