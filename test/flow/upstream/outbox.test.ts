import { describe, expect, test } from 'vitest';
import { as } from '../../../src/domain/ids.ts';
import { hours, minutes, seconds } from '../../../src/domain/time.ts';
import { dayOf, numberOf } from '../../../src/domain/upstream/item.ts';
import type { UpstreamSetup } from '../../../src/domain/upstream/setup.ts';
import type { History } from '../../../src/flow/ports/history.ts';
import {
  type LineAnswer,
  LineTrouble,
  type OpenUpstreamLine,
  type UpDocument,
} from '../../../src/flow/ports/upstream/line.ts';
import { MemoryHistory } from '../../memory/history.ts';
import { upstreamsOver } from '../../support/upstreams.ts';
import { FlowHarness, START } from '../flow-harness.ts';
import { CITY, digest } from './two-platforms.ts';

const OK: LineAnswer = { is: 'accepted', said: 'ok', receipt: 'R-1' };
const no = (said: string): LineAnswer => ({ is: 'rejected', said, receipt: null });

/** A platform above that takes what it is given, and says what the test wants. */
class Receiver {
  readonly got: UpDocument[] = [];
  answer: (d: UpDocument) => LineAnswer | Promise<LineAnswer> = () => OK;
  readonly open: OpenUpstreamLine = () => ({
    batch: 10,
    keepsAlive: false,
    send: async (documents) => {
      const answers: LineAnswer[] = [];
      for (const d of documents) {
        answers.push(await this.answer(d));
        this.got.push(d);
      }
      return answers;
    },
    reconcile: async () => null,
  });
  numbers = () => this.got.map((d) => d.number);
}

async function rig(setup: Partial<UpstreamSetup> = {}, history?: History) {
  const flow = await FlowHarness.begin(history === undefined ? {} : { history });
  const receiver = new Receiver();
  const up = upstreamsOver(flow, { open: receiver.open });
  await up.office.keep({ ...CITY, objects: ['alarm'], ...setup }, {});
  up.sender.start();
  return { flow, receiver, up };
}

async function settle(flow: FlowHarness, up: { sender: { kick(): void } }): Promise<void> {
  for (let i = 0; i < 30; i++) {
    up.sender.kick();
    await new Promise((resolve) => setImmediate(resolve));
    await flow.turn.settle();
  }
}

const alarmed = async (flow: FlowHarness, device: string): Promise<void> => {
  for (let i = 0; i < 3; i++) {
    await flow.value('gas', device, 'ch4', 25);
    await flow.pass(minutes(1));
  }
};

describe('an item', () => {
  test('has its number in the turn of its cause, and a receipt', async () => {
    const { flow, receiver, up } = await rig();
    await alarmed(flow, 'GAS-1');
    await settle(flow, up);
    const turn = flow.records.find((r) => r.events.length > 0);
    expect(turn?.exchanged?.flatMap((e) => (e.is === 'item' ? [numberOf(e.item)] : []))).toEqual(['live-1']);
    expect(receiver.numbers()).toEqual(['live-1']);
    const { items } = await up.office.outbox('city', { state: 'acked', limit: 10, after: null });
    expect(items).toMatchObject([{ lane: 'live', n: 1, state: 'acked', receipt: 'R-1', said: 'ok' }]);
  });

  test('is not sent before its turn is on disk: its number could be another’s after a kill', async () => {
    let goOn: () => void = () => undefined;
    let held: Promise<void> | null = null;
    const flow = await FlowHarness.begin({ hooks: { before: () => held ?? undefined } });
    const receiver = new Receiver();
    const up = upstreamsOver(flow, { open: receiver.open });
    await up.office.keep({ ...CITY, objects: ['deviceState'] }, {});
    await flow.value('gas', 'GAS-1', 'ch4', 1);
    held = new Promise((resolve) => (goOn = resolve));
    const said = flow.packet('lifeline/v1/gas/GAS-1/status', '{"online":true}');
    for (let i = 0; i < 20; i++) {
      up.sender.kick();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(up.office.one('city')).toMatchObject({ queued: { bulk: 1 } });
    expect(receiver.numbers()).toEqual([]);
    goOn();
    held = null;
    await said;
    await settle(flow, up);
    expect(receiver.numbers()).toEqual(['bulk-1']);
  });

  test('that was sent and not answered before a kill goes again under the same number, and no other has it', async () => {
    const { flow, receiver, up } = await rig();
    let hang: (a: LineAnswer) => void = () => undefined;
    receiver.answer = () => new Promise((resolve) => (hang = resolve));
    await alarmed(flow, 'GAS-1');
    await settle(flow, up);
    up.sender.stop();
    const again = await flow.restart();
    hang(OK);
    const receiver2 = new Receiver();
    const up2 = upstreamsOver(again, { open: receiver2.open });
    await alarmed(again, 'GAS-2');
    await settle(again, up2);
    expect(receiver2.numbers()).toEqual(['live-1', 'live-2']);
    expect(up2.office.one('city')).toMatchObject({ queued: { live: 0, bulk: 0 }, given: { live: 2 } });
  });

  test('that was rejected keeps the words, holds what follows on the same thing and nothing else, and goes corrected under its number', async () => {
    const { flow, receiver, up } = await rig();
    receiver.answer = (d) =>
      d.number === 'live-1' && Object.keys(d.set).length === 0 ? no('行政区划不存在') : OK;
    await alarmed(flow, 'GAS-1');
    const [first] = flow.open('GAS-1');
    if (first === undefined) throw new Error('no alarm');
    await settle(flow, up);
    await flow.acknowledge(first);
    await alarmed(flow, 'GAS-2');
    await settle(flow, up);
    expect(receiver.numbers()).toEqual(['live-1', 'live-3']);
    expect(up.office.one('city')).toMatchObject({ rejected: 1, queued: { live: 1, bulk: 0 } });
    expect(up.sender.stalled(flow.clock.now())).toEqual(['city']);
    const { items } = await up.office.outbox('city', { state: 'rejected', limit: 10, after: null });
    expect(items).toMatchObject([{ n: 1, said: '行政区划不存在' }]);
    const done = await up.office.act('city', 'live-1', {
      do: 'correct',
      by: '李',
      reason: '六位',
      set: { area: '341602' },
    });
    expect(done.ok).toBe(true);
    await settle(flow, up);
    expect(receiver.numbers()).toEqual(['live-1', 'live-3', 'live-1', 'live-2']);
    expect(receiver.got[2]?.set).toEqual({ area: '341602' });
    expect(up.office.one('city')).toMatchObject({ rejected: 0, queued: { live: 0, bulk: 0 } });
  });

  test('that a person has waived goes no more, with who and why, over a kill', async () => {
    const { flow, receiver, up } = await rig();
    receiver.answer = () => no('重复');
    await alarmed(flow, 'GAS-1');
    await settle(flow, up);
    await up.office.act('city', 'live-1', { do: 'waive', by: '李', reason: '对方已有' });
    const again = upstreamsOver(await flow.restart());
    const { items } = await again.office.outbox('city', { state: 'waived', limit: 10, after: null });
    expect(items).toMatchObject([{ n: 1, acts: [{ did: 'waived', by: '李', reason: '对方已有' }] }]);
    expect(again.office.one('city')).toMatchObject({ rejected: 0, queued: { live: 0 } });
  });

  test('waits longer each time nobody answers, a quarter of an hour at most, and goes at once when a person says so', async () => {
    const { flow, up, receiver } = await rig();
    const tries: number[] = [];
    receiver.answer = () => {
      tries.push((flow.clock.now() - START) / 1_000);
      throw new LineTrouble('ECONNREFUSED');
    };
    await alarmed(flow, 'GAS-1');
    const from = tries.length;
    for (let i = 0; i < 360; i++) {
      await flow.pass(seconds(10));
      await settle(flow, up);
    }
    const waits = tries.slice(from).map((t, i, all) => t - (all[i - 1] ?? t));
    expect(Math.max(...waits)).toBeLessThanOrEqual(900 + 10);
    expect(waits.at(-1)).toBeGreaterThanOrEqual(900);
    expect(up.office.one('city')?.health).toMatchObject({ said: 'ECONNREFUSED' });
    expect(up.sender.stalled(flow.clock.now())).toEqual(['city']);
    receiver.answer = () => OK;
    up.sender.hurry('city');
    await settle(flow, up);
    expect(receiver.numbers()).toEqual(['live-1']);
  });
});

/** A history that takes nothing until it is told to. */
class HistoryThatWaits extends MemoryHistory {
  goOn: () => void = () => undefined;
  readonly #open = new Promise<void>((resolve) => {
    this.goOn = resolve;
  });
  override async keep(turns: Parameters<MemoryHistory['keep']>[0]): Promise<void> {
    await this.#open;
    return super.keep(turns);
  }
}

describe('readings', () => {
  const CHOSEN: Partial<UpstreamSetup> = {
    objects: ['alarm', 'reading'],
    readings: { every: minutes(1), mode: 'latest', points: [as.point('GAS-1')] },
  };
  /** The drain has its seconds. */
  const stored = async (flow: FlowHarness) => {
    for (let i = 0; i < 5; i++) {
      await flow.pass(seconds(1));
      await new Promise((resolve) => setImmediate(resolve));
    }
  };

  test('go up by windows that stand for what the history has: of each chosen series the last, and nothing else', async () => {
    const { flow, receiver, up } = await rig(CHOSEN);
    await flow.pass(seconds(41));
    for (const [at, value] of [
      [0, 1],
      [20, 2],
      [40, 3],
    ] as const) {
      await flow.value('gas', 'GAS-1', 'ch4', value, START + minutes(2) + seconds(at));
      await flow.value('gas', 'GAS-2', 'ch4', 9, START + minutes(2) + seconds(at));
    }
    for (let i = 0; i < 30; i++) await flow.pass(seconds(10));
    await stored(flow);
    await settle(flow, up);
    const said = receiver.got.flatMap((d) => d.said());
    expect(said).toMatchObject([
      {
        reading: {
          point: 'GAS-1',
          metric: 'ch4',
          value: 3,
          observedAt: new Date(START + minutes(2) + seconds(40)).toISOString(),
        },
      },
    ]);
    expect(receiver.numbers()).toEqual(['bulk-1', 'bulk-2', 'bulk-3', 'bulk-4', 'bulk-5']);
  });

  test('that are not in the history yet are waited for, and no alarm waits for them', async () => {
    const history = new HistoryThatWaits();
    const { flow, receiver, up } = await rig(CHOSEN, history);
    await flow.pass(seconds(41));
    await flow.value('gas', 'GAS-1', 'ch4', 1);
    await flow.pass(minutes(2));
    await alarmed(flow, 'GAS-3');
    await settle(flow, up);
    expect(receiver.numbers().filter((n) => n.startsWith('live'))).toEqual(['live-1']);
    expect(receiver.numbers().filter((n) => n.startsWith('bulk'))).toEqual([]);
    history.goOn();
    await stored(flow);
    await settle(flow, up);
    expect(receiver.got.flatMap((d) => (d.object === 'reading' ? d.said() : []))).toMatchObject([
      { reading: { value: 1 } },
    ]);
  });

  test('a receiver that is slow with them keeps no alarm waiting', async () => {
    const { flow, receiver, up } = await rig(CHOSEN);
    await flow.pass(seconds(41));
    await flow.pass(minutes(3));
    receiver.answer = (d) => (d.lane === 'bulk' ? new Promise(() => undefined) : OK);
    await stored(flow);
    await settle(flow, up);
    await alarmed(flow, 'GAS-1');
    await settle(flow, up);
    expect(receiver.numbers()).toContain('live-1');
  });

  test('of what is past go up when a person asks for it, marked as late', async () => {
    const { flow, receiver, up } = await rig(CHOSEN);
    await flow.value('gas', 'GAS-1', 'ch4', 7);
    await stored(flow);
    const made = await up.office.backfill('city', { from: START - hours(1), to: START + minutes(1) });
    expect(made).toEqual({ ok: true, value: 61 });
    for (let i = 0; i < 5; i++) await settle(flow, up);
    const late = receiver.got.filter((d) => d.late);
    expect(late).toHaveLength(61);
    expect(late.flatMap((d) => d.said())).toMatchObject([{ reading: { value: 7 } }]);
  });

  test('that came when their window was over are owed over a kill before the next window', async () => {
    const { flow, up } = await rig(CHOSEN);
    await flow.pass(seconds(41));
    for (let i = 0; i < 30; i++) await flow.pass(seconds(10));
    up.sender.stop();
    await flow.value('gas', 'GAS-1', 'ch4', 8, START + minutes(2));
    const [after, receiver] = [await flow.restart(), new Receiver()];
    const then = upstreamsOver(after, { open: receiver.open });
    then.sender.start();
    for (let i = 0; i < 12; i++) await after.pass(seconds(10));
    await stored(after);
    await settle(after, then);
    const owed = [...after.core.upstream.book.owed('city', 'bulk').values()].map((i) => i.content);
    const sent = receiver.got.filter((d) => d.late).map((d) => d.object);
    expect([...sent, ...owed.flatMap((c) => (c.of === 'readings' && c.late ? ['reading'] : []))]).toEqual([
      'reading',
    ]);
  });

  test('72 hours of silence of 85,000 devices at a minute lie in the journal as some megabytes', async () => {
    const { flow, up } = await rig({ objects: ['reading'], readings: { every: minutes(1), mode: 'all' } });
    const points = Array.from({ length: 85_000 }, (_, i) => as.point(`P-${i}`));
    await up.office.keep(
      { ...CITY, objects: ['reading'], readings: { every: minutes(1), mode: 'all', points } },
      {},
    );
    up.sender.stop();
    await flow.pass(seconds(41));
    let bytes = 0;
    const from = flow.records.length;
    for (let h = 0; h < 72; h++) for (let m = 0; m < 2; m++) await flow.pass(minutes(30));
    for (const r of flow.records.slice(from))
      for (const e of r.exchanged ?? []) if (e.is === 'item') bytes += JSON.stringify(e).length + 60;
    const seen = up.office.one('city');
    expect(seen?.queued.bulk).toBe(72 * 60 * 9);
    expect(bytes).toBeLessThan(20e6);
    expect(bytes / (seen?.queued.bulk ?? 1)).toBeLessThan(450);
  });
});

describe('the reconciliation', () => {
  test('counts what is ours to have been taken: what was waived is not', async () => {
    const { flow, receiver, up } = await rig();
    receiver.answer = (d) => (d.number === 'live-1' ? no('重复') : OK);
    await alarmed(flow, 'GAS-1');
    await alarmed(flow, 'GAS-2');
    await settle(flow, up);
    const day = dayOf(START);
    const tally = async () => {
      const found = await up.office.reconciliation('city', day);
      return found.ok ? found.value : [];
    };
    expect(await tally()).toMatchObject([
      { object: 'alarm', ours: { count: 2 }, owed: 1, waived: 0, theirs: null },
    ]);
    await up.office.act('city', 'live-1', { do: 'waive', by: '李', reason: '对方已有' });
    expect(await tally()).toMatchObject([
      { ours: { count: 1, digest: digest('live-2') }, owed: 0, waived: 1, theirs: null },
    ]);
  });
});
