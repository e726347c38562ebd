import { setImmediate as nextRound } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { as } from '../../src/domain/ids.ts';
import type { RegisterCommand } from '../../src/domain/register/commands.ts';
import type { ImportRow } from '../../src/domain/register/import.ts';
import type { RegisterEntry } from '../../src/domain/register/register.ts';
import type { RegisterWish } from '../../src/domain/register/wish.ts';
import { hours } from '../../src/domain/time.ts';
import { FlowHarness, START } from './flow-harness.ts';

const WANG = { account: 'wang', name: '王班长' };

const area = (code: string, parent: string | null = null): RegisterEntry => ({
  kind: 'area',
  area: { code: as.area(code), name: code, parent: parent === null ? null : as.area(parent) },
});
const state = (...entries: RegisterEntry[]): RegisterCommand => ({ do: 'state', entries });
const gas = (code: string, name: string): RegisterCommand => ({
  do: 'create',
  wish: { kind: 'point', code: as.point(code), name, lifeline: as.lifeline('gas') },
  scope: null,
});

function registerOf(w: FlowHarness): unknown {
  const { register } = w.core;
  return [register.areas(), register.assets(), register.points(), register.devices(), register.works()];
}

/** Something that is asked of the desk: one change, or a file. */
type Asked =
  | { readonly is: 'change'; readonly command: RegisterCommand }
  | { readonly is: 'file'; readonly rows: readonly ImportRow[]; readonly trial: boolean };

const ask = (w: FlowHarness, asked: Asked): Promise<unknown> =>
  asked.is === 'change'
    ? w.registrar.order(asked.command)
    : w.registrar.importRows({ rows: asked.rows, trial: asked.trial, scope: null });

// Few codes, so that they meet.
const codes = fc.constantFrom('1', '2', '3');
const name = fc.constantFrom('甲', '乙');
const left = <T>(x: fc.Arbitrary<T>) => fc.option(x, { nil: undefined });
const lifeline = fc.constantFrom('gas', 'manhole').map(as.lifeline);
const wish: fc.Arbitrary<RegisterWish> = fc.oneof(
  fc.record({
    kind: fc.constant('area' as const),
    code: codes.map(as.area),
    name: left(name),
    parent: left(codes.map(as.area)),
  }),
  fc.record({
    kind: fc.constant('asset' as const),
    code: codes.map(as.asset),
    name: left(name),
    lifeline: left(lifeline),
    area: left(codes.map(as.area)),
  }),
  fc.record({
    kind: fc.constant('point' as const),
    code: codes.map(as.point),
    name: left(name),
    lifeline: left(lifeline),
    asset: left(codes.map(as.asset)),
    attributes: left(fc.dictionary(fc.constantFrom('a', 'b'), name)),
  }),
  fc.record({
    kind: fc.constant('device' as const),
    code: codes.map(as.device),
    lifeline: left(lifeline),
    point: left(codes.map(as.point)),
    vendor: left(name),
  }),
);
const file: fc.Arbitrary<Asked> = fc.record({
  is: fc.constant('file' as const),
  rows: fc
    .uniqueArray(wish, { selector: (w) => `${w.kind} ${w.code}`, maxLength: 8 })
    .map((wishes) => wishes.map((w, i) => ({ line: i + 2, wish: w }))),
  trial: fc.boolean(),
});
const change: fc.Arbitrary<Asked> = fc
  .tuple(fc.constantFrom('create' as const, 'change' as const), wish)
  .map(([verb, w]) => ({
    is: 'change' as const,
    command:
      w.kind === 'area'
        ? state({ kind: 'area', area: { code: w.code, name: w.name ?? '丙', parent: w.parent ?? null } })
        : { do: verb, wish: w, scope: null },
  }));

describe('what is asked of the desk of the register at once', () => {
  test('ends, and is answered, as if it had come one after the other: files and single changes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(file, change), { maxLength: 8 }), async (all) => {
        const atOnce = await FlowHarness.begin();
        const answers = await Promise.all(all.map((asked) => ask(atOnce, asked)));
        const inTurn = await FlowHarness.begin();
        const expected: unknown[] = [];
        for (const asked of all) expected.push(await ask(inTurn, asked));
        expect(answers).toEqual(expected);
        expect(registerOf(atOnce)).toEqual(registerOf(inTurn));
        expect(registerOf(await atOnce.restart())).toEqual(registerOf(inTurn));
      }),
      { numRuns: 75 },
    );
  }, 120_000);

  test('a code is given once, whoever else asks for it in the same turn', async () => {
    const w = await FlowHarness.begin();
    const both = await Promise.all(['甲', '乙'].map((n) => w.registrar.order(gas('P', n))));
    expect(both.map((b) => (b.ok ? 'made' : b.error.code))).toEqual(['made', 'code-taken']);
    expect(w.core.register.point(as.point('P'))?.name).toBe('甲');
  });

  test('is refused only when what speaks against it is on disk', async () => {
    const gate = Promise.withResolvers<void>();
    const w = await FlowHarness.begin({ hooks: { before: () => gate.promise } });
    const told: string[] = [];
    const first = w.registrar.order(gas('P', '甲')).then(() => told.push('made'));
    // A turn of its own: the first is on its way to the disk.
    await nextRound();
    const second = w.registrar.order(gas('P', '乙')).then(() => told.push('refused'));
    await nextRound();
    expect(told).toEqual([]);
    gate.resolve();
    await Promise.all([first, second]);
    expect(told).toEqual(['made', 'refused']);
  });

  test('writes no turn where nothing comes of it', async () => {
    const w = await FlowHarness.begin();
    await w.registrar.order(state(area('1')));
    const turns = w.records.length;
    const refused = await w.registrar.order(state(area('2', 'none')));
    await w.registrar.order(state(area('1')));
    expect([refused.ok, w.records.length]).toEqual([false, turns]);
    await w.value('gas', 'G', 'ch4', 1);
    expect(w.records.map((r) => Number(r.turn))).toEqual(w.records.map((_, i) => i + 1));
  });

  test('that trips a fault of ours is not answered, and the watch goes on', async () => {
    const w = await FlowHarness.begin();
    const broken = w.turn.register(() => {
      throw new Error('a fault');
    });
    await expect(broken).rejects.toThrow('could not be decided');
    expect(await w.value('gas', 'G', 'ch4', 1)).toMatchObject({ outcome: 'kept' });
    expect((await w.registrar.order(state(area('1')))).ok).toBe(true);
  });
});

describe('a file of many rows', () => {
  const points = (n: number): ImportRow[] =>
    Array.from({ length: n }, (_, i) => ({
      line: i + 2,
      wish: { kind: 'point', code: as.point(`P${i}`), name: '点', lifeline: as.lifeline('gas') },
    }));

  test('lets packets, works and the clock go on between its turns, and keeps other changes waiting', async () => {
    const w = await FlowHarness.begin();
    await w.value('gas', 'G', 'ch4', 1);
    const order: string[] = [];
    const say = (what: string) => () => void order.push(what);
    const rows = w.registrar.importRows({ rows: points(5_000), scope: null, trial: false }).then(say('file'));
    const one = w.registrar.order(gas('P1', '又')).then(say('change'));
    const works = w.registrar
      .order({
        do: 'open-works',
        point: as.point('G'),
        from: null,
        until: START + hours(1),
        reason: '清淤',
        by: WANG,
        scope: null,
        second: null,
      })
      .then(say('works'));
    const packet = w.value('gas', 'G', 'ch4', 2).then(say('packet'));
    await Promise.all([rows, one, works, packet]);
    expect(order.slice(-2)).toEqual(['file', 'change']);
    expect(order.slice(0, 2).sort()).toEqual(['packet', 'works']);
  });

  test('of which the journal fails in the middle is not answered as done, and nobody waits for it', async () => {
    let turnsLeft = 3;
    const w = await FlowHarness.begin({
      hooks: {
        before: () => {
          if (turnsLeft-- === 0) throw new Error('the disk is full');
        },
      },
    });
    const rows = w.registrar.importRows({ rows: points(5_000), scope: null, trial: false });
    const after = w.registrar.order(gas('X', '点'));
    await expect(rows).rejects.toThrow('journal');
    await expect(after).rejects.toThrow('journal');
  });
});

describe('a device that registers itself', () => {
  test('at a point of another lifeline is set aside, and told why', async () => {
    const w = await FlowHarness.begin();
    await w.registrar.order({
      do: 'create',
      wish: { kind: 'point', code: as.point('X'), name: '桥', lifeline: as.lifeline('bridge') },
      scope: null,
    });
    const { flaws } = await w.value('gas', 'X', 'ch4', 1);
    expect(flaws).toMatchObject([{ code: 'wrong-lifeline', detail: expect.stringContaining('bridge') }]);
    expect(w.core.register.device(as.device('X'))).toBeUndefined();
  });

  test('while a file is read is, for the rows still to come, one that was there before', async () => {
    const w = await FlowHarness.begin();
    const rows: ImportRow[] = [
      ...Array.from({ length: 2_000 }, (_, i) => ({
        line: i + 2,
        wish: { kind: 'point' as const, code: as.point(`P${i}`), name: '点', lifeline: as.lifeline('gas') },
      })),
      {
        line: 9_999,
        wish: { kind: 'device', code: as.device('G'), lifeline: as.lifeline('gas'), vendor: '某厂' },
      },
    ];
    const read = w.registrar.importRows({ rows, scope: null, trial: false });
    await w.value('gas', 'G', 'ch4', 1);
    expect(await read).toMatchObject({ created: 2_000, updated: 1, failed: [] });
    expect(w.core.register.device(as.device('G'))).toMatchObject({
      point: 'G',
      vendor: '某厂',
      unverified: true,
    });
  });
});
