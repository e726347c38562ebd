import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { as } from '../../src/domain/ids.ts';
import { seconds } from '../../src/domain/time.ts';
import { OrderDesk } from '../../src/flow/response/order-desk.ts';
import type { Child } from '../child.ts';
import { cpuNanos } from '../cost-figure.ts';
import { ADMIN, startService } from '../service.ts';
import { logIn } from '../session.ts';
import { fillJournal } from './fill.ts';
import { storyOf } from './stories.ts';

/** Issue 17, 3: a tick over so many open orders stays below 5 ms. */
const TICK = { open: 20_000, ticks: 900, boundMs: 5 };
/** Issue 17, 6: lists of so many orders, of which so many are open, are answered within 100 ms. */
const LISTS = { all: 50_000, open: 5_000, asked: 40, boundMs: 100 };

type Spread = { readonly p50: number; readonly p95: number; readonly max: number };
export type ResponseFigure = {
  readonly tick: Spread & { readonly open: number; readonly ticks: number; readonly told: number };
  readonly orders: { readonly all: number; readonly open: number; readonly events: number };
  readonly startMs: number;
  readonly lists: readonly ({ readonly list: string; readonly items: number } & Spread)[];
};

/** The clock over thousands of open orders, and lists out of tens of thousands, over HTTP from the real service. */
export async function response(
  say: (line: string) => void,
  keep: <T extends Child>(child: T) => T,
): Promise<ResponseFigure> {
  const tick = ticks();
  const dir = await mkdtemp(join(tmpdir(), 'lifeline-bench-orders-'));
  try {
    // Once without anything, so that the folder's parts belong together.
    await keep(await startService(dir)).stop();
    say(`${LISTS.all} orders are written into a journal …`);
    const events = await fillJournal(dir, { all: LISTS.all, open: LISTS.open, now: Date.now() });
    const from = performance.now();
    const service = keep(await startService(dir));
    const startMs = performance.now() - from;
    const lists = await asked(service);
    await service.stop();
    return { tick, orders: { all: LISTS.all, open: LISTS.open, events }, startMs, lists };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** A second each, for a quarter of an hour: amber and red of every clock fall due among them. */
function ticks(): ResponseFigure['tick'] {
  const now = Date.UTC(2026, 5, 1);
  const desk = new OrderDesk({ liesIn: () => false });
  for (let n = 0; n < TICK.open; n++) desk.restore(storyOf(n, now - (n % 1_800) * seconds(1), true).is);
  let told = 0;
  const took: number[] = [];
  for (let i = 1; i <= TICK.ticks; i++) {
    const from = cpuNanos();
    desk.tick({ at: now + i * seconds(1), respond: () => void told++ });
    took.push((cpuNanos() - from) / 1e6);
  }
  if (told < TICK.ticks) throw new Error(`only ${told} events in ${TICK.ticks} ticks: nothing fell due`);
  // The first takes all that was due before.
  return { ...spread(took.slice(1)), open: TICK.open, ticks: TICK.ticks - 1, told };
}

async function asked(service: Child): Promise<ResponseFigure['lists']> {
  const http = service.http ?? '';
  const cookie = await logIn(http, ADMIN.account, ADMIN.password);
  const lists: ResponseFigure['lists'][number][] = [];
  for (const [list, query] of ASKED) {
    const took: number[] = [];
    let items = 0;
    for (let i = 0; i < LISTS.asked; i++) {
      const from = performance.now();
      const answer = await fetch(new URL(`/api/v1/orders?${query}`, http), { headers: { cookie } });
      if (!answer.ok) throw new Error(`/orders?${query} was answered ${answer.status}`);
      items = ((await answer.json()) as { items: unknown[] }).items.length;
      took.push(performance.now() - from);
    }
    if (items === 0) throw new Error(`/orders?${query} found nothing: there is nothing to measure`);
    lists.push({ list, items, ...spread(took) });
  }
  return lists;
}

const UNIT = as.unit('crew-3');
const ASKED: readonly (readonly [list: string, query: string])[] = [
  ['newest of all', 'limit=200'],
  ['open', 'state=open&limit=200'],
  ['open and overdue', 'state=open&overdue=true&limit=200'],
  ['of a unit', `unit=${UNIT}&limit=200`],
  ['red, gas', 'level=1&lifeline=gas&limit=200'],
  ['of a district', 'area=341622&limit=200'],
  ['archived, of a unit and lifeline', `state=archived&unit=${UNIT}&lifeline=bridge&limit=200`],
];

function spread(took: readonly number[]): Spread {
  const inOrder = [...took].sort((a, b) => a - b);
  const at = (share: number) =>
    inOrder[Math.min(inOrder.length - 1, Math.floor(share * inOrder.length))] ?? Number.NaN;
  return { p50: at(0.5), p95: at(0.95), max: at(1) };
}

export const RESPONSE_BOUNDS = { tickMs: TICK.boundMs, listMs: LISTS.boundMs };
