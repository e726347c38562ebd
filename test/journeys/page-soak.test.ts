import type { Page, WebSocketRoute } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AlarmJson } from '../../src/wire/alarm.ts';
import type { LiveFrame } from '../../src/wire/live/live.ts';
import { BrowserHarness, CHROMIUM } from './browser-harness.ts';

type Told = Extract<LiveFrame, { type: 'readings' | 'alarm' }>;

/** Readings, or changes of alarms, that reach the page: as many as a wall sees in a night. */
const UPDATES = Number(process.env.SOAK_UPDATES ?? 200_000);
const POINTS = 40;
/**
 * The service tells a page once a second what is new, so a night of it takes a night. Here its own connection is
 * passed through a tap, and its last frame of a kind is told again and again, later and with other values.
 */
class Tap {
  opened = 0;
  closed = 0;
  readonly #kind: Told['type'];
  #page: WebSocketRoute | null = null;
  #pattern: Told | null = null;

  constructor(kind: Told['type']) {
    this.#kind = kind;
  }

  async on(page: Page): Promise<void> {
    await page.routeWebSocket(/\/api\/v1\/live/, (ws) => {
      this.opened += 1;
      this.#page = ws;
      const server = ws.connectToServer();
      server.onMessage((message) => {
        const frame = JSON.parse(String(message)) as LiveFrame;
        if (frame.type === this.#kind) this.#learn(frame as Told);
        ws.send(message);
      });
      ws.onClose((code, reason) => {
        this.closed += 1;
        void server.close({ ...(code === undefined ? {} : { code }), ...(reason ? { reason } : {}) });
      });
    });
  }

  get heard(): boolean {
    return this.#pattern !== null;
  }

  #learn(frame: Told): void {
    if (frame.type === 'alarm' || frame.items.length >= POINTS) this.#pattern = frame;
  }

  /** @returns how many updates it told */
  tell(round: number): number {
    const p = this.#pattern as Told;
    if (p.type === 'alarm') {
      const alarm = { ...p.alarm, revision: p.alarm.revision + round };
      this.#page?.send(JSON.stringify({ ...p, seq: p.seq + round, alarm }));
      return 1;
    }
    const items = p.items.map((r, i) => ({
      ...r,
      value: 55 + ((round * 7 + i) % 20),
      observedAt: new Date(Date.parse(r.observedAt) + round * 10).toISOString(),
    }));
    this.#page?.send(JSON.stringify({ type: 'readings', items }));
    return items.length;
  }
}

describe.skipIf(CHROMIUM === null)('a night on the wall, compressed', () => {
  let desk: BrowserHarness;
  beforeAll(async () => {
    desk = await BrowserHarness.start();
    for (let p = 0; p < POINTS; p++) await desk.gas(`N-${p}`, 60);
  });
  afterAll(() => desk?.end());

  it.each([
    { path: '/', kind: 'readings', breath: 10 },
    { path: '/wall', kind: 'alarm', breath: 200 },
  ] as const)(
    'leaves one WebSocket, a heap that has not grown, and no unhandled error: $path',
    async (on) => {
      const page = await desk.operator({ viewport: { width: 1366, height: 3_000 } });
      const tap = new Tap(on.kind);
      await tap.on(page);
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
            return tap.heard;
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
      for (let round = 1; told < UPDATES; round++) {
        told += tap.tell(round);
        if (round % on.breath === 0) await drawn(page);
        // Somebody works, too: a note here and there, another alarm that is looked at.
        if (on.kind === 'readings' && round % 50 === 0) {
          await note(round / 50);
          await page.keyboard.press(round % 100 === 0 ? 'ArrowDown' : 'ArrowUp');
        }
        for (const m of marks) if (m.heap === 0 && told >= m.at) m.heap = await heap();
      }
      console.info(
        `soak ${on.path}: heap ${marks.map((m) => `${m.heap.toFixed(2)} MB after ${m.at / 1_000}k`).join(', ')}; sockets opened ${tap.opened}, closed ${tap.closed}`,
      );
      expect(tap.opened - tap.closed).toBe(1);
      expect(marks.at(-1)?.heap).toBeLessThan((marks[1]?.heap ?? 0) * 1.2);
      expect(desk.faults).toEqual([]);
      await page.context().close();
    },
    600_000,
  );
});

/** Two frames later everything that was told has been drawn. */
const drawn = (page: Page): Promise<unknown> =>
  page.evaluate(
    'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(null))))',
  );
