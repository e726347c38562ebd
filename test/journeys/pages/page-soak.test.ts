import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AlarmJson } from '../../../src/wire/alarm.ts';
import type { LiveFrame } from '../../../src/wire/live/live.ts';
import { BrowserHarness, CHROMIUM } from './browser-harness.ts';
import { drawn } from './page-browser.ts';

type Told = Extract<LiveFrame, { type: 'readings' | 'alarm' }>;

/** Readings, or changes of alarms, that reach the page; `SOAK_UPDATES=200000`: as many as a wall sees in a night. */
const UPDATES = Number(process.env.SOAK_UPDATES ?? 80_000);
const POINTS = 40;

/** What the page knows of the tap below. */
type Tap = {
  opened: number;
  closed: number;
  pattern: Told | null;
  /** Rounds are told one after the other, ten in a turn of the page; @returns how many updates that was. */
  tell(from: number, rounds: number): Promise<number>;
};
declare global {
  var tap: Tap;
}

/**
 * The service tells a page once a second what is new, so a night of it takes a night. Here the page's own connection
 * has a tap, and its last frame of a kind is told again and again, later and with other values. It runs in the page:
 * a message that comes from the test by way of the debugger costs more than the page's own work with it.
 */
function layTap({ kind, points }: { kind: Told['type']; points: number }): void {
  const Plain = globalThis.WebSocket;
  const turns = new MessageChannel();
  turns.port1.start();
  const nextTurn = () =>
    new Promise((resolve) => {
      turns.port1.addEventListener('message', resolve, { once: true });
      turns.port2.postMessage(null);
    });
  let socket: WebSocket | null = null;
  const again = (p: Told, round: number): Told => {
    if (p.type === 'alarm')
      return { ...p, seq: p.seq + round, alarm: { ...p.alarm, revision: p.alarm.revision + round } };
    const items = p.items.map((r, i) => ({
      ...r,
      value: 55 + ((round * 7 + i) % 20),
      observedAt: new Date(Date.parse(r.observedAt) + round * 10).toISOString(),
    }));
    return { type: 'readings', items };
  };
  globalThis.tap = {
    opened: 0,
    closed: 0,
    pattern: null,
    async tell(from, rounds) {
      const p = this.pattern as Told;
      for (let round = from; round < from + rounds; round++) {
        socket?.dispatchEvent(new MessageEvent('message', { data: JSON.stringify(again(p, round)) }));
        // What Vue puts off is done now; a frame is laid out and painted where the turn ends.
        if (round % 10 === 0) await nextTurn();
        else await null;
      }
      return rounds * (p.type === 'alarm' ? 1 : p.items.length);
    },
  };
  globalThis.WebSocket = class extends Plain {
    constructor(...how: ConstructorParameters<typeof Plain>) {
      super(...how);
      globalThis.tap.opened += 1;
      socket = this;
      this.addEventListener('close', () => {
        globalThis.tap.closed += 1;
      });
      this.addEventListener('message', (m) => {
        // Ours is not trusted: only what the service said is a pattern.
        if (!m.isTrusted) return;
        const frame = JSON.parse(String(m.data)) as LiveFrame;
        if (frame.type !== kind) return;
        const told = frame as Told;
        if (told.type === 'alarm' || told.items.length >= points) globalThis.tap.pattern = told;
      });
    }
  };
}

describe.skipIf(CHROMIUM === null)('a night on the wall, compressed', () => {
  let desk: BrowserHarness;
  beforeAll(async () => {
    desk = await BrowserHarness.start();
    for (let p = 0; p < POINTS; p++) await desk.gas(`N-${p}`, 60);
  });
  afterAll(() => desk?.end());

  it.each([
    { path: '/', kind: 'readings', breath: 50 },
    { path: '/wall', kind: 'alarm', breath: 500 },
  ] as const)(
    'leaves one WebSocket, a heap that has not grown, and no unhandled error: $path',
    async (on) => {
      const page = await desk.operator({ viewport: { width: 1366, height: 3_000 } });
      await page.addInitScript(layTap, { kind: on.kind, points: POINTS });
      await page.goto(`${desk.service.url}${on.path}`);
      await page.locator('[data-link=live]').waitFor();
      const { items: alarms } = await desk.api.get<{ items: AlarmJson[] }>('/alarms?limit=100');
      const note = async (i: number): Promise<void> => {
        const { id } = alarms[i % alarms.length] as AlarmJson;
        const noted = await desk.api.post(`/alarms/${id}/note`, {
          commandId: crypto.randomUUID(),
          text: `${i}`,
        });
        expect(noted.status).toBe(200);
      };
      await expect
        .poll(
          async () => {
            if (on.kind === 'alarm') await note(0);
            else for (let p = 0; p < POINTS; p++) await desk.gas(`N-${p}`, 61);
            return page.evaluate(() => globalThis.tap.pattern !== null);
          },
          { timeout: 30_000 },
        )
        .toBe(true);

      const cdp = await page.context().newCDPSession(page);
      const heap = async (): Promise<number> => {
        for (let i = 0; i < 3; i++) await cdp.send('HeapProfiler.collectGarbage');
        return (await cdp.send('Runtime.getHeapUsage')).usedSize / 1_048_576;
      };
      let told = 0;
      const marks = [0.125, 0.25, 0.5, 1].map((part) => ({ at: UPDATES * part, heap: 0 }));
      for (let round = 0; told < UPDATES; round += on.breath) {
        told += await page.evaluate(([from, rounds]) => globalThis.tap.tell(from, rounds), [
          round + 1,
          on.breath,
        ] as const);
        await drawn(page);
        // Somebody works, too: a note here and there, another alarm that is looked at.
        if (on.kind === 'readings' && round % 250 === 0) {
          await note(round / 250);
          await page.keyboard.press(round % 500 === 0 ? 'ArrowDown' : 'ArrowUp');
        }
        for (const m of marks) if (m.heap === 0 && told >= m.at) m.heap = await heap();
      }
      const { opened, closed } = await page.evaluate(() => ({
        opened: globalThis.tap.opened,
        closed: globalThis.tap.closed,
      }));
      console.info(
        `soak ${on.path}: heap ${marks.map((m) => `${m.heap.toFixed(2)} MB after ${m.at / 1_000}k`).join(', ')}; sockets opened ${opened}, closed ${closed}`,
      );
      expect(opened - closed).toBe(1);
      expect(marks.at(-1)?.heap).toBeLessThan((marks[1]?.heap ?? 0) * 1.2);
      expect(desk.faults).toEqual([]);
      await page.context().close();
    },
    600_000,
  );
});
