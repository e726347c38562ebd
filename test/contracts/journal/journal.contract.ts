import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CitizenEntry } from '../../../src/domain/citizen/citizen-report.ts';
import type { DeviceCommand } from '../../../src/domain/device-command/device-command.ts';
import { type DrillEvent, evolveDrill } from '../../../src/domain/drill/drill.ts';
import { as } from '../../../src/domain/ids.ts';
import type { PointMemory } from '../../../src/domain/judge/memory.ts';
import { Rows } from '../../../src/domain/judge/rows.ts';
import { DEFAULT_CLOCK_POLICIES } from '../../../src/domain/order/clock-policy.ts';
import type { OrderCommand } from '../../../src/domain/order/commands.ts';
import { evolveOrder } from '../../../src/domain/order/evolve.ts';
import type { Order } from '../../../src/domain/order/order.ts';
import type { RegisterChange } from '../../../src/domain/register/register.ts';
import type { JournaledOf } from '../../../src/domain/response/journaled.ts';
import { hours } from '../../../src/domain/time.ts';
import { exchangeKey, itemsOf } from '../../../src/domain/upstream/entry.ts';
import { dayOf } from '../../../src/domain/upstream/item.ts';
import type { WarningCommand } from '../../../src/domain/warning/commands.ts';
import { evolveWarning } from '../../../src/domain/warning/evolve.ts';
import type { Warning } from '../../../src/domain/warning/warning.ts';
import type {
  AlarmFilter,
  BriefFilter,
  CitizenFilter,
  Journal,
  Recovered,
  TurnRecord,
} from '../../../src/flow/ports/journal.ts';
import { isOfAlarm } from '../../../src/flow/ports/journal.ts';
import { decodeSpool } from '../../../src/wire/files/spool.ts';
import { fresh as freshCitizen } from '../../domain/citizen/build.ts';
import { story as commandStory } from '../../domain/device-command/table.ts';
import { aUnit } from '../../domain/notice/a-city.ts';
import { by, create, DESK, dispatch, story, voids } from '../../domain/order/build.ts';
import * as warnings from '../../domain/warning/build.ts';
import {
  acknowledged,
  closed,
  draft,
  memory,
  quarantined,
  raised,
  reading,
  returned,
  T0,
  turn,
  version,
} from './journal-records.ts';

/** Where a journal lies: every `open` gives another one over the same contents. */
export type Place = {
  open(): Journal;
  /** The contents are gone: what is opened next is a journal that never was. */
  erase(): void | Promise<void>;
  end(): void;
};

/** What every journal must do, whatever it is made of. */
export function journalContract(name: string, makePlace: () => Place): void {
  describe(name, () => {
    let place: Place;
    let journal: Journal;
    let recovered: Recovered;

    /** Stops without a word and starts again: what is not durable is gone. */
    async function again(): Promise<Recovered> {
      await journal.close();
      journal = place.open();
      recovered = await journal.recover();
      return recovered;
    }

    async function commitAll(...records: TurnRecord[]): Promise<void> {
      for (const record of records) await journal.commit(record);
    }

    async function alarmIds(filter: Partial<AlarmFilter>, limit = 100): Promise<string[]> {
      return (await journal.alarms({ state: 'all', ...filter }, limit, null)).items.map((a) => a.id);
    }

    beforeEach(async () => {
      place = makePlace();
      journal = place.open();
      recovered = await journal.recover();
    });

    afterEach(async () => {
      await journal.close();
      place.end();
    });

    describe('a start', () => {
      test('of a new journal knows nothing, and nothing went wrong before it', () => {
        expect(recovered).toEqual({
          epoch: expect.stringMatching(/./),
          cleanStop: true,
          lastTurn: 0,
          lastAt: null,
          lastSeq: 0,
          register: [],
          rules: [],
          openAlarmEvents: [],
          openResponses: [],
          openDrilled: [],
          lastOrderNo: null,
          messageIds: [],
          filed: [],
          memories: [],
          answers: [],
          statuses: [],
          openCommands: [],
          openCitizens: [],
          told: [],
          exchanged: [],
          listened: [],
          clockMoves: [],
        });
      });

      test('gives back every field of what was committed', async () => {
        const register: RegisterChange[] = [
          { kind: 'area', area: { code: as.area('341602'), name: '谯城区', parent: as.area('341600') } },
          {
            kind: 'asset',
            asset: {
              code: as.asset('A-1'),
              name: '魏武大道窨井',
              lifeline: as.lifeline('gas'),
              area: as.area('341602'),
              owner: '亳州燃气',
              place: { lon: 115.78, lat: 33.85, crs: 'CGCS2000' },
            },
          },
          {
            kind: 'point',
            point: {
              code: as.point('GAS-1'),
              name: '1 号测点',
              lifeline: as.lifeline('gas'),
              asset: as.asset('A-1'),
              area: as.area('341602'),
              place: null,
              unverified: true,
              outOfService: { since: T0, reason: '检修' },
              attributes: { 井型: '雨水', '#': 'Infinity', 'a"b': 'c\\d' },
            },
          },
          {
            kind: 'device',
            device: {
              code: as.device('GAS-1'),
              lifeline: as.lifeline('gas'),
              point: as.point('GAS-1'),
              vendor: null,
              serial: 'SN 1',
              installedAt: T0,
              unverified: false,
            },
          },
          {
            kind: 'work',
            work: {
              id: 'W1',
              point: as.point('GAS-1'),
              from: T0,
              until: T0 + 1,
              reason: '清淤',
              by: { account: 'li', name: '李值班' },
              at: T0,
              ended: { at: T0, by: { account: 'wang', name: '王班长' } },
            },
          },
        ];
        const answers = [
          {
            commandId: as.command('c-2'),
            alarmId: as.alarm('a1'),
            verb: 'acknowledge',
            at: T0 + 1_000,
            account: 'li',
            revision: 2,
          },
        ];
        const statuses = [{ device: as.device('GAS-1'), online: false, at: T0 }];
        const events = [raised(1, { id: 'a1' }), acknowledged(2, { id: 'a1' })];
        const memories = [{ point: as.point('GAS-1'), memory: memory(T0) }];
        await journal.commit(turn(1, { register, answers, statuses, events, memories }));

        const { epoch, ...rest } = await again();
        expect(epoch).toBe(recovered.epoch);
        expect(rest).toEqual({
          cleanStop: false,
          lastTurn: 1,
          lastAt: T0 + 1_000,
          lastSeq: 2,
          register,
          rules: [],
          openAlarmEvents: events,
          openResponses: [],
          openDrilled: [],
          lastOrderNo: null,
          messageIds: [],
          filed: [],
          memories: [{ point: 'GAS-1', turn: 1, memory: memory(T0) }],
          answers,
          statuses,
          openCommands: [],
          openCitizens: [],
          told: [],
          exchanged: [],
          listened: [],
          clockMoves: [],
        });
      });

      test('gives the whole story of every open alarm in order, and none of a closed one', async () => {
        const open = { id: 'a-open' };
        const shut = { id: 'a-shut' };
        await commitAll(
          turn(1, { events: [raised(1, open), raised(2, shut)] }),
          turn(2, { events: [returned(3, shut), acknowledged(4, open)] }),
          turn(3, { events: [closed(5, shut), returned(6, open, 3)] }),
        );
        const story = (await again()).openAlarmEvents;
        expect(story.map((e) => [e.seq, e.event.alarmId, e.event.change.kind])).toEqual([
          [1, 'a-open', 'raised'],
          [4, 'a-open', 'acknowledged'],
          [6, 'a-open', 'returned'],
        ]);
        expect(recovered.lastSeq).toBe(6);
      });

      test('has the newest of each code in the register: areas, assets, points, then devices', async () => {
        const area = (code: string, name: string): RegisterChange => ({
          kind: 'area',
          area: { code: as.area(code), name, parent: null },
        });
        const device = (code: string, serial: string): RegisterChange => ({
          kind: 'device',
          device: {
            code: as.device(code),
            lifeline: as.lifeline('gas'),
            point: null,
            vendor: null,
            serial,
            installedAt: null,
            unverified: false,
          },
        });
        await commitAll(
          turn(1, { register: [device('D-2', 'one'), device('D-1', 'one'), area('34', '安徽')] }),
          turn(2, { register: [device('D-2', 'two'), area('3416', '亳州'), area('34', '安徽省')] }),
        );
        expect((await again()).register).toEqual([
          area('34', '安徽省'),
          area('3416', '亳州'),
          device('D-1', 'one'),
          device('D-2', 'two'),
        ]);
      });

      test('has the drafts of rules in order of making, as last left, and every version of each rule', async () => {
        const one = { kind: 'draft', draft: draft('D1', 'submitted') } as const;
        const two = { kind: 'draft', draft: draft('D2', 'draft') } as const;
        const left = { kind: 'draft', draft: draft('D1', 'approved') } as const;
        const versions = [9, 10, 11].map((n) => ({ kind: 'version', version: version(n) }) as const);
        await commitAll(
          turn(1, { rules: [one, two] }),
          turn(2, { rules: versions.slice(0, 2) }),
          turn(3, { rules: [left, ...versions.slice(2)] }),
        );
        expect((await again()).rules).toEqual([left, two, ...versions]);
      });

      test('has of who is told what a start needs, and of an alarm whom it was told to', async () => {
        const unit = (name: string) => ({ is: 'unit', unit: { ...aUnit('gas-co', 'owner'), name } }) as const;
        const call = (alarm: string, rung: number, open: boolean) =>
          ({
            is: 'call',
            made: {
              alarm: as.alarm(alarm),
              call: { round: 1, rung, repetition: 0 },
              at: T0,
              misses: [],
              policy: null,
            },
            open,
          }) as const;
        await commitAll(
          turn(1, { told: [unit('one'), call('a1', 1, true), call('a1', 0, true), call('a2', 0, true)] }),
          turn(2, { told: [unit('two'), call('a1', 0, false), call('a1', 1, false)] }),
        );
        expect((await again()).told).toEqual([call('a2', 0, true), unit('two')]);
        expect(await journal.toldOf(as.alarm('a1'))).toEqual([call('a1', 0, false), call('a1', 1, false)]);
        expect(await journal.toldOf(as.alarm('none'))).toEqual([]);
      });

      test('has of commands to devices the open ones, and of each device its story, newest first', async () => {
        const c = (id: string, state: DeviceCommand['state'], device = 'D-1') => ({
          ...commandStory(),
          ...{ id: as.deviceCommand(id), device: as.device(device), state },
        });
        await commitAll(
          turn(1, { commands: [c('c1', 'PENDING'), c('c2', 'PENDING'), c('c3', 'SENT', 'D-2')] }),
          turn(2, { commands: [c('c1', 'SUCCESSFUL'), c('c4', 'DELIVERED')] }),
        );
        const open = [c('c2', 'PENDING'), c('c3', 'SENT', 'D-2'), c('c4', 'DELIVERED')];
        expect((await again()).openCommands).toEqual(open);
        const first = await journal.commandsOf(as.device('D-1'), 2, null);
        expect(first).toEqual({ items: [c('c4', 'DELIVERED'), c('c2', 'PENDING')], next: 'c2' });
        expect(await journal.commandsOf(as.device('D-1'), 2, first.next)).toEqual({
          items: [c('c1', 'SUCCESSFUL')],
          next: null,
        });
        expect((await journal.commandsOf(as.device('D-3'), 2, null)).items).toEqual([]);
      });

      test('has of reports of citizens the open ones, each by its number, order and age; words that are gone are gone', async () => {
        const id = (n: number) => as.citizenReport(`S${n}`);
        const c = (n: number, given: Partial<CitizenEntry['report']> = {}) =>
          freshCitizen({ id: id(n), no: `N${n}`, ...given });
        const over = { state: 'rejected', overAt: T0 + 5 } as const;
        const ordered = { state: 'assigned', order: as.order('O1'), area: as.area('341621') } as const;
        await commitAll(
          turn(1, { citizens: [c(1), c(2), c(3)] }),
          turn(2, { citizens: [c(2, ordered), c(3, over), c(4, over)] }),
          turn(3, { citizens: [{ report: c(4, over).report, words: null }] }),
        );
        expect((await again()).openCitizens).toEqual([c(1), c(2, ordered)]);
        const first = await journal.citizens({}, 3, null);
        expect(first.items.map((x) => x.report.id)).toEqual(['S4', 'S3', 'S2']);
        expect(await journal.citizens({}, 3, first.next)).toEqual({ items: [c(1)], next: null });
        const found = async (filter: CitizenFilter) =>
          (await journal.citizens(filter, 9, null)).items.map((x) => x.report.id);
        expect(await found({ key: '12345/N3' })).toEqual(['S3']);
        expect(await found({ order: as.order('O1') })).toEqual(['S2']);
        expect(await found({ area: as.area('341602'), states: ['received', 'rejected'] })).toEqual([
          'S4',
          'S3',
          'S1',
        ]);
        expect(await found({ overBefore: T0 + 6 })).toEqual(['S3']);
        expect(await found({ overBefore: T0 + 5 })).toEqual([]);
        expect(await journal.citizen(id(4))).toEqual({ report: c(4, over).report, words: null });
        expect(await journal.citizen(id(9))).toBe(null);
      });

      test('has of what goes up and came from below what a start needs, and the rest by day, forwards and backwards', async () => {
        const item = (n: number, state: 'queued' | 'acked', at = T0) =>
          ({
            is: 'item',
            item: {
              upstream: 'city',
              lane: 'live',
              n,
              at,
              object: 'alarm',
              key: 'a1',
              content: { of: 'event', seq: as.seq(n) },
              state,
              said: null,
              receipt: null,
              answeredAt: null,
            },
          }) as const;
        const day = dayOf(T0);
        const later = T0 + 86_400_000;
        await commitAll(
          turn(1, { exchanged: [item(1, 'queued'), item(2, 'queued'), item(10, 'queued')] }),
          turn(2, { exchanged: [item(2, 'acked'), item(11, 'acked', later)] }),
        );
        expect((await again()).exchanged).toEqual([item(1, 'queued'), item(10, 'queued')]);
        const under = (prefix: string, how: { limit: number; after?: string; newestFirst?: boolean }) =>
          journal.exchangedUnder(prefix, how);
        const all = [item(1, 'queued'), item(2, 'acked'), item(10, 'queued')];
        expect(await under(itemsOf('city', day), { limit: 9 })).toEqual(all);
        const [first] = await under(itemsOf('city', day), { limit: 1 });
        if (first === undefined) throw new Error('nothing');
        expect(await under(itemsOf('city', day), { limit: 1, after: exchangeKey(first) })).toEqual([all[1]]);
        expect(await under(itemsOf('city'), { limit: 2, newestFirst: true })).toEqual([
          item(11, 'acked', later),
          all[2],
        ]);
        expect(await under(itemsOf('cit'), { limit: 9 })).toEqual([]);
      });

      test('a version of a rule is never written over', async () => {
        await journal.commit(turn(1, { rules: [{ kind: 'version', version: version(2) }] }));
        await expect(
          journal.commit(turn(2, { rules: [{ kind: 'version', version: version(2) }] })),
        ).rejects.toThrow();
        expect((await again()).rules).toHaveLength(1);
        expect(recovered.lastTurn).toBe(1);
      });

      test('has the last status of each device', async () => {
        const status = (device: string, online: boolean, at: number) => ({
          device: as.device(device),
          online,
          at,
        });
        await commitAll(
          turn(1, { statuses: [status('D-1', true, T0), status('D-2', true, T0)] }),
          turn(2, { statuses: [status('D-1', false, T0 + 5), status('D-1', true, T0 + 6)] }),
        );
        expect((await again()).statuses).toEqual([status('D-1', true, T0 + 6), status('D-2', true, T0)]);
      });

      test('knows when the service has listened, as of the last turn that said so', async () => {
        const first = { from: T0, until: T0 + 1_000 };
        await journal.commit(turn(1, { listened: [first] }));
        await journal.commit(turn(2, { listened: [first, { from: T0 + 5_000, until: T0 + 6_000 }] }));
        await journal.commit(turn(3, {}));
        expect((await again()).listened).toEqual([first, { from: T0 + 5_000, until: T0 + 6_000 }]);
      });

      test('knows when our clock was set, as of the last turn that said so', async () => {
        const first = { afterSeq: as.seq(0), by: -1_000 };
        await journal.commit(turn(1, { clockMoves: [first] }));
        await journal.commit(turn(2, { clockMoves: [first, { afterSeq: as.seq(0), by: 3_600_000 }] }));
        await journal.commit(turn(3, {}));
        expect((await again()).clockMoves).toEqual([first, { afterSeq: as.seq(0), by: 3_600_000 }]);
      });

      test('remembers answers to commands for a day of its own clock', async () => {
        const answer = (id: string, at: number) => ({
          commandId: as.command(id),
          alarmId: as.alarm('a1'),
          verb: 'note',
          at,
          account: 'li',
          revision: 1,
        });
        await commitAll(
          turn(1, { at: T0, answers: [answer('old', T0), answer('newer', T0 + 2)] }),
          turn(2, { at: T0 + hours(24) + 1, answers: [answer('now', T0 + hours(24))] }),
        );
        expect((await again()).answers.map((a) => a.commandId)).toEqual(['newer', 'now']);
      });

      test('keeps the same epoch over a restart, and has another once the journal was replaced', async () => {
        const first = recovered.epoch;
        await journal.commit(turn(1));
        expect((await again()).epoch).toBe(first);
        await journal.close();
        await place.erase();
        journal = place.open();
        recovered = await journal.recover();
        expect(recovered.epoch).not.toBe(first);
        expect(recovered.lastTurn).toBe(0);
      });

      test('tells a clean stop from an unclean one', async () => {
        await journal.commit(turn(1));
        expect((await again()).cleanStop, 'stopped without a word').toBe(false);
        await journal.stoppedCleanly(T0);
        const stopped = await again();
        expect(stopped.cleanStop, 'stopped cleanly').toBe(true);
        expect(stopped.lastAt, 'our clock goes on from there').toBe(T0);
        expect((await again()).cleanStop, 'started, and stopped without a word').toBe(false);
      });

      test('a turn after "stopped cleanly" makes the stop unclean again', async () => {
        await journal.stoppedCleanly(T0);
        await journal.commit(turn(1));
        expect((await again()).cleanStop).toBe(false);
      });
    });

    describe('rule memories', () => {
      test('come back exactly: Maps in their order, signs of zero, what JSON has no word for', async () => {
        const hard: PointMemory = {
          heardAt: T0,
          series: new Map([
            [as.metric('z'), { newestAt: T0, value: -0, valueAt: null, said: [] }],
            [as.metric('a'), { newestAt: T0 + 1, value: null, valueAt: T0, said: [T0, Number.NaN] }],
          ]),
          rules: new Map([
            [
              as.rule('gas.rate'),
              {
                signal: { of: 'rate', samples: Rows.of([T0, 1e-300, T0 + 60_000, 1e308]) },
                watchers: [
                  { on: true, disagreeingSince: null },
                  { on: false, disagreeingSince: T0 },
                ],
              },
            ],
          ]),
          late: new Map([[as.rule('gas.ch4'), { signal: null, watchers: [] }]]),
          windows: new Map([
            [
              as.metric('acc.rms'),
              {
                startsAt: T0,
                n: 0,
                sum: Number.NaN,
                sumOfSquares: Number.POSITIVE_INFINITY,
                min: Number.POSITIVE_INFINITY,
                max: Number.NEGATIVE_INFINITY,
              },
            ],
          ]),
          worst: new Map([[as.rule('gas.rate'), { value: null, at: T0 }]]),
        };
        await journal.commit(turn(1, { memories: [{ point: as.point('测点-1'), memory: hard }] }));
        const kept = (await again()).memories[0];
        expect(kept).toEqual({ point: '测点-1', turn: 1, memory: hard });
        expect([...(kept?.memory.series.keys() ?? [])]).toEqual(['z', 'a']);
      });

      test('are as of the last turn that brought them', async () => {
        const of = (point: string, at: number) => ({ point: as.point(point), memory: memory(at) });
        await commitAll(
          turn(1, { memories: [of('P-1', T0), of('P-2', T0)] }),
          turn(2, { memories: [of('P-1', T0 + 1)] }),
          turn(3),
        );
        expect((await again()).memories.map((m) => [m.point, m.turn, m.memory.heardAt])).toEqual([
          ['P-1', 2, T0 + 1],
          ['P-2', 1, T0],
        ]);
      });

      test('are those of the moment of the commit, whatever becomes of them afterwards', async () => {
        const live = memory(T0);
        const done = journal.commit(turn(1, { memories: [{ point: as.point('P-1'), memory: live }] }));
        live.heardAt = T0 + 99;
        live.series.clear();
        await done;
        expect((await again()).memories[0]?.memory).toEqual(memory(T0));
      });
    });

    describe('the spool', () => {
      const withReadings = (n: number, keptUpTo = 0): TurnRecord =>
        turn(n, { readings: [reading(`P-${n}`, n)], memoriesKeptUpTo: as.turn(keptUpTo) });
      const spooledTurns = async (after = 0, maxBytes = 1e6): Promise<number[]> =>
        (await journal.spooled(as.turn(after), maxBytes)).map((t) => t.turn);

      test('gives turns oldest first, with their readings and frames as they were', async () => {
        const odd = { ...reading('测点', null), quality: { grade: 'bad', why: 'sentinel' } as const };
        const frame = {
          point: as.point('B-1'),
          metric: as.metric('acc'),
          device: as.device('B-1'),
          observedAt: T0,
          receivedAt: T0 + 9,
          dt: 20,
          samples: [0.5, null, -1.25],
        };
        await commitAll(turn(1, { readings: [odd, reading('P-2', 2)] }), turn(2, { frames: [frame] }));
        await again();
        const turns = await journal.spooled(as.turn(0), 1e6);
        expect(turns.map((t) => t.turn)).toEqual([1, 2]);
        expect(turns.map((t) => decodeSpool(t.body))).toEqual([
          { readings: [odd, reading('P-2', 2)], frames: [] },
          { readings: [], frames: [frame] },
        ]);
      });

      test('leaves out turns that bring nothing for the store', async () => {
        await commitAll(withReadings(1), turn(2, { events: [raised(1, { id: 'a1' })] }), withReadings(3));
        expect(await spooledTurns()).toEqual([1, 3]);
        expect((await journal.spoolState()).turns).toBe(2);
      });

      test('stops at about the bytes asked for, but always gives one turn', async () => {
        await commitAll(withReadings(1), withReadings(2), withReadings(3));
        const size = Buffer.byteLength((await journal.spooled(as.turn(0), 1))[0]?.body ?? '');
        expect(await spooledTurns(0, 1)).toEqual([1]);
        expect(await spooledTurns(0, size * 2)).toEqual([1, 2]);
        expect(await spooledTurns(1, size)).toEqual([2]);
        expect(await spooledTurns(3)).toEqual([]);
      });

      test('keeps a turn until it is stored and no memory needs it any more', async () => {
        await commitAll(withReadings(1), withReadings(2), withReadings(3, 1));
        expect(await spooledTurns(), 'nothing is stored yet').toEqual([1, 2, 3]);
        await journal.drained(as.turn(3));
        expect(await spooledTurns(), 'memories need 2 and 3').toEqual([2, 3]);
        await journal.commit(withReadings(4, 3));
        expect(await spooledTurns(), 'memories have caught up').toEqual([4]);
        await journal.commit(withReadings(5, 5));
        expect(await spooledTurns(), '4 and 5 are not stored').toEqual([4, 5]);
        await again();
        expect(await spooledTurns()).toEqual([4, 5]);
        await journal.drained(as.turn(5));
        expect(await spooledTurns()).toEqual([]);
      });

      test('a lower claim about memories than a former one takes nothing back', async () => {
        await commitAll(withReadings(1, 1), withReadings(2, 2), withReadings(3, 0));
        await journal.drained(as.turn(3));
        expect(await spooledTurns()).toEqual([3]);
      });

      test('counts what waits for the store, in bytes of text, and since when', async () => {
        expect(await journal.spoolState()).toEqual({ bytes: 0, turns: 0, oldest: null });
        await commitAll(
          turn(1, { readings: [reading('测点-1', 1)] }),
          turn(2, { readings: [reading('P-2', 1), reading('P-3', 2)] }),
        );
        const sizes = (await journal.spooled(as.turn(0), 1e6)).map((t) => Buffer.byteLength(t.body));
        const both = { bytes: (sizes[0] ?? 0) + (sizes[1] ?? 0), turns: 2, oldest: T0 + 1_000 };
        expect(await journal.spoolState()).toEqual(both);
        await again();
        expect(await journal.spoolState(), 'after a restart').toEqual(both);
        await journal.drained(as.turn(1));
        const rest = { bytes: sizes[1], turns: 1, oldest: T0 + 2_000 };
        expect(await journal.spoolState(), 'turn 1 is only kept for memories').toEqual(rest);
        await journal.drained(as.turn(1));
        expect(await journal.spoolState(), 'saying it again changes nothing').toEqual(rest);
        await journal.drained(as.turn(2));
        expect(await journal.spoolState()).toEqual({ bytes: 0, turns: 0, oldest: null });
      });

      test('a history store that is ahead of the journal is refused, and nothing is lost', async () => {
        await journal.commit(withReadings(1, 1));
        await expect(journal.drained(as.turn(2))).rejects.toThrow(/2/);
        await journal.commit(withReadings(2, 2));
        expect(await spooledTurns()).toEqual([1, 2]);
      });
    });

    describe('a commit', () => {
      test('is refused for a turn that was given before, and so is every later one, for the same reason', async () => {
        await journal.commit(turn(1, { readings: [reading('P-1', 1)], memoriesKeptUpTo: as.turn(1) }));
        await journal.drained(as.turn(1)); // the row that carried the number has gone
        const why = await journal.commit(turn(1)).catch((e: unknown) => e);
        expect(why).toBeInstanceOf(Error);
        await expect(journal.commit(turn(2))).rejects.toBe(why);
        expect((await again()).lastTurn).toBe(1);
        await journal.commit(turn(2));
      });

      test.each([
        ['given before', 1],
        ['beyond the next', 3],
      ])('is refused for an event whose number was %s', async (_, seq) => {
        await journal.commit(turn(1, { events: [raised(1, { id: 'a1' })] }));
        await expect(journal.commit(turn(2, { events: [raised(seq, { id: 'a2' })] }))).rejects.toThrow();
        await again();
        expect(recovered.lastTurn).toBe(1);
        expect(await alarmIds({})).toEqual(['a1']);
      });

      test('that is refused leaves nothing of itself, and questions are still answered', async () => {
        await journal.commit(turn(1, { events: [raised(1, { id: 'a1' })], readings: [reading('P', 1)] }));
        const bad = turn(2, {
          events: [raised(2, { id: 'a2' }), raised(3, { id: 'a1' })], // a1 has been raised
          readings: [reading('P', 2)],
          quarantined: [quarantined(new Uint8Array([1]))],
          memories: [{ point: as.point('P'), memory: memory(T0) }],
        });
        await expect(journal.commit(bad)).rejects.toThrow();
        expect(await alarmIds({})).toEqual(['a1']);
        expect((await journal.spooled(as.turn(0), 1e6)).map((t) => t.turn)).toEqual([1]);
        expect((await journal.quarantine(null, 10, null)).items).toEqual([]);
        expect((await journal.spoolState()).turns).toBe(1);
        await expect(journal.stoppedCleanly(T0), 'no clean stop after a failure').rejects.toThrow();
        const { cleanStop, memories, lastSeq } = await again();
        expect({ cleanStop, memories, lastSeq }).toEqual({ cleanStop: false, memories: [], lastSeq: 1 });
      });

      test('given while others are on their way is kept after them', async () => {
        const done: number[] = [];
        await Promise.all([1, 2, 3, 4, 5].map((n) => journal.commit(turn(n)).then(() => void done.push(n))));
        expect(done).toEqual([1, 2, 3, 4, 5]);
        expect((await again()).lastTurn).toBe(5);
      });
    });

    describe('orders', () => {
      const first = orderStory('O1', 1, create(), dispatch);
      const over = orderStory('O2', 4, create(), voids);

      test('come back with everything that happened to them, as long as they are open', async () => {
        const filed = [{ is: 'clock-policy' as const, policy: { ...policy, id: 'own', version: 2 } }];
        await journal.commit(turn(1, { responses: first, filed }));
        await journal.commit(turn(2, { events: [raised(3, { id: 'a1' })], responses: over }));
        const back = await again();
        expect(back.openResponses).toEqual(first.map(({ seq, of, event }) => ({ seq, of, event })));
        expect([back.lastSeq, back.lastOrderNo, back.filed]).toEqual([5, 'no O2', filed]);
      });

      test('identifiers of messages are known, also of warnings that are over', async () => {
        const known = async () => [...(await again()).messageIds].sort();
        expect(await known()).toEqual([]);
        const told = warningStory('W1', 1, warnings.create(), warnings.submit, warnings.issue);
        await journal.commit(turn(1, { responses: told }));
        const first = await known();
        expect(first).toContain(warnings.stamp(0));
        const over = [warnings.create(), warnings.submit, warnings.issue, warnings.lift];
        await journal.commit(turn(2, { responses: warningStory('W2', told.length + 1, ...over) }));
        const drafted = warningStory('W3', told.length + over.length + 1, warnings.create());
        await journal.commit(turn(3, { responses: drafted }));
        expect(await known()).toEqual(expect.arrayContaining([...first, warnings.stamp(2)]));
      });

      test('stand in one sequence with alarms, and have a story of their own', async () => {
        await journal.commit(turn(1, { responses: first }));
        await journal.commit(turn(2, { events: [raised(3, { id: 'a1' })], responses: over }));
        const all = await journal.eventsAfter(as.seq(1), 3);
        expect(all.map((e) => [e.seq, isOfAlarm(e) ? 'alarm' : e.of])).toEqual([
          [2, 'order'],
          [3, 'alarm'],
          [4, 'order'],
        ]);
        expect(await journal.responseEvents('O1')).toEqual(first);
        expect(await journal.response('O2')).toEqual({ of: 'order', after: over[1]?.after });
        expect(await journal.response('O9')).toBeNull();
      });

      test('of a drill stand in the one sequence, and in no list of what is real; they come back while it runs', async () => {
        const event = (revision: number, change: DrillEvent['change']): DrillEvent => ({
          id: as.drill('D1'),
          revision,
          at: revision,
          by: { kind: 'operator', account: 'li', name: '李' },
          commandId: as.command(`d${revision}`),
          change,
        });
        const birth = {
          ...{
            id: as.drill('D1'),
            scenario: 's',
            title: { zh: '演', en: 'd' },
            lifelines: [],
            areas: [],
            points: [],
          },
          notices: 'off' as const,
          endsOnRed: true,
          lasts: 1,
        };
        const begins = event(1, { kind: 'began', birth });
        const began = {
          seq: as.seq(1),
          of: 'drill' as const,
          event: begins,
          after: evolveDrill(null, begins),
        };
        const { seq: _, ...one } = raised(3, { id: 'a2' });
        const drilledAlarm = {
          ...one,
          of: 'alarm' as const,
          seq: as.seq(2),
          after: { ...one.after, drill: as.drill('D1') },
        };
        const drilled = [began, drilledAlarm];
        await journal.commit(turn(1, { drilled }));
        await journal.commit(turn(2, { events: [raised(3, { id: 'a1' })] }));
        expect((await journal.eventsAfter(as.seq(0), 10)).map((e) => e.seq)).toEqual([1, 2, 3]);
        expect((await journal.alarms({ state: 'all' }, 10, null)).items.map((a) => a.id)).toEqual(['a1']);
        const brief = { from: 0, to: 1e15, kinds: ['raised'] as const };
        expect((await journal.briefEvents(brief, 10, null)).items.map((e) => e.alarm)).toEqual(['a1']);
        expect((await journal.drilled(as.drill('D1'), 'alarm', 10, null)).items).toEqual([
          drilledAlarm.after,
        ]);
        expect(await journal.alarm(as.alarm('a2'))).toEqual(drilledAlarm.after);
        expect((await journal.eventsOf(as.alarm('a2'))).map((e) => e.seq)).toEqual([2]);
        expect(await journal.drilledEvents(as.drill('D1'), as.seq(1), 10)).toEqual([drilledAlarm]);
        const back = await again();
        expect([back.openDrilled, back.lastSeq]).toEqual([drilled, 3]);
        expect(back.openAlarmEvents.map((e) => e.seq)).toEqual([3]);
        const ends = event(2, { kind: 'ended', why: 'person' });
        const over = evolveDrill(began.after, ends);
        await journal.commit(
          turn(3, { drilled: [{ seq: as.seq(4), of: 'drill', event: ends, after: over }] }),
        );
        expect([await journal.drill(as.drill('D1')), (await journal.drills(10, null)).items]).toEqual([
          over,
          [over],
        ]);
        expect((await again()).openDrilled).toEqual([]);
      });

      test('are listed newest first, by what lists filter by, a page at a time', async () => {
        await journal.commit(turn(1, { responses: first }));
        await journal.commit(turn(2, { events: [raised(3, { id: 'a1' })], responses: over }));
        const ids = async (filter: object, limit = 10, after: string | null = null) => {
          const page = await journal.responses({ kind: 'order', open: null, ...filter }, limit, after);
          return [page.items.map((o) => o.after.id).join(), page.next];
        };
        expect(await ids({})).toEqual(['O2,O1', null]);
        const [, next] = await ids({}, 1);
        expect(await ids({}, 1, next ?? '')).toEqual(['O1', null]);
        expect(await ids({ open: true })).toEqual(['O1', null]);
        expect(await ids({ states: ['voided'] })).toEqual(['O2', null]);
        expect(await ids({ unit: 'gas-crew' })).toEqual(['O1', null]);
        expect(await ids({ area: '3416' })).toEqual(['O2,O1', null]);
        expect(await ids({ area: '3417' })).toEqual(['', null]);
        expect(await ids({ kind: 'incident' })).toEqual(['', null]);
        expect(await ids({ alarm: 'a1' })).toEqual(['', null]);
        await expect(ids({}, 1, 'nonsense')).rejects.toMatchObject({ code: 'bad-cursor' });
      });

      test('are found by each alarm that they are about, from the event on that took it', async () => {
        const link = by(DESK, { do: 'link', alarms: [as.alarm('a2')] });
        const about = orderStory('O3', 1, create({ alarms: [as.alarm('a1')] }), dispatch, link);
        await journal.commit(turn(1, { responses: about.slice(0, 2) }));
        const ids = async (alarm: string, kind: 'order' | 'warning' = 'order') => {
          const filter = { kind, open: null, alarm: as.alarm(alarm) };
          return (await journal.responses(filter, 10, null)).items.map((o) => o.after.id);
        };
        expect([await ids('a1'), await ids('a2'), await ids('a1', 'warning')]).toEqual([['O3'], [], []]);
        await journal.commit(turn(2, { responses: about.slice(2) }));
        expect([await ids('a1'), await ids('a2')]).toEqual([['O3'], ['O3']]);
      });

      test('out of order they are a fault of ours, and nothing is written', async () => {
        await expect(journal.commit(turn(1, { responses: over }))).rejects.toMatchObject({
          code: 'journal-order',
        });
      });
    });

    describe('events', () => {
      beforeEach(async () => {
        await commitAll(
          turn(1, { events: [raised(1, { id: 'a1' }), raised(2, { id: 'a2' })] }),
          turn(2, { events: [acknowledged(3, { id: 'a1' }), returned(4, { id: 'a2' })] }),
          turn(3, { events: [closed(5, { id: 'a2' })] }),
        );
      });

      test('after a seq come oldest first, a page at a time, each with the alarm as it was then', async () => {
        const page = await journal.eventsAfter(as.seq(1), 3);
        expect(page.filter(isOfAlarm).map((e) => [e.seq, e.after.phase.is])).toEqual([
          [2, 'active-unacked'],
          [3, 'active-acked'],
          [4, 'returned-unacked'],
        ]);
        expect(page[1]).toEqual(acknowledged(3, { id: 'a1' }));
        expect((await journal.eventsAfter(as.seq(4), 100)).map((e) => e.seq)).toEqual([5]);
        expect(await journal.eventsAfter(as.seq(5), 100)).toEqual([]);
      });

      test('of one alarm are its whole story', async () => {
        const story = await journal.eventsOf(as.alarm('a2'));
        expect(story.map((e) => e.event.change.kind)).toEqual(['raised', 'returned', 'closed']);
        expect(await journal.eventsOf(as.alarm('nobody'))).toEqual([]);
      });

      test('an alarm is as its last event left it', async () => {
        expect(await journal.alarm(as.alarm('a2'))).toEqual(closed(5, { id: 'a2' }).after);
        expect(await journal.alarm(as.alarm('nobody'))).toBeNull();
      });
    });

    describe('the list of alarms', () => {
      test('is newest raise first, in pages that neither skip nor repeat where many began at once', async () => {
        const all = Array.from({ length: 25 }, (_, i) => ({
          id: `a-${String(i).padStart(2, '0')}`,
          raisedAt: T0 + Math.floor(i / 10),
        }));
        await journal.commit(turn(1, { events: all.map((a, i) => raised(i + 1, a)) }));
        const seen: string[] = [];
        let after: string | null = null;
        let pages = 0;
        do {
          const page = await journal.alarms({ state: 'all' }, 7, after);
          seen.push(...page.items.map((a) => a.id));
          after = page.next;
          pages += 1;
        } while (after !== null);
        expect(pages).toBe(4);
        expect(seen).toEqual(all.map((a) => a.id).reverse());
      });

      test('says that there is no next page when the last one is exactly full', async () => {
        await journal.commit(turn(1, { events: [raised(1, { id: 'a1' }), raised(2, { id: 'a2' })] }));
        expect((await journal.alarms({ state: 'all' }, 2, null)).next).toBeNull();
      });

      test('goes on where it was when newer alarms have come in between', async () => {
        const a = (n: number) => ({ id: `a${n}`, raisedAt: T0 + n });
        await journal.commit(turn(1, { events: [raised(1, a(1)), raised(2, a(2)), raised(3, a(3))] }));
        const first = await journal.alarms({ state: 'all' }, 2, null);
        await journal.commit(turn(2, { events: [raised(4, a(4))] }));
        const second = await journal.alarms({ state: 'all' }, 2, first.next);
        expect([...first.items, ...second.items].map((x) => x.id)).toEqual(['a3', 'a2', 'a1']);
      });

      test('tells open, unacknowledged and closed ones apart', async () => {
        const a = (id: string, n: number) => ({ id, raisedAt: T0 + n });
        await journal.commit(
          turn(1, {
            events: [
              raised(1, a('unacked', 1)),
              raised(2, a('acked', 2)),
              acknowledged(3, a('acked', 2)),
              raised(4, a('returned', 3)),
              returned(5, a('returned', 3)),
              raised(6, a('closed', 4)),
              acknowledged(7, a('closed', 4)),
              closed(8, a('closed', 4)),
            ],
          }),
        );
        expect(await alarmIds({ state: 'open' })).toEqual(['returned', 'acked', 'unacked']);
        expect(await alarmIds({ state: 'unacked' })).toEqual(['returned', 'unacked']);
        expect(await alarmIds({ state: 'closed' })).toEqual(['closed']);
        expect(await alarmIds({ state: 'all' })).toEqual(['closed', 'returned', 'acked', 'unacked']);
      });

      test('is filtered by level, lifeline, area, point and time of raise, together and apart', async () => {
        const alarms = [
          { id: 'a0', raisedAt: T0, level: 1, lifeline: 'gas', area: '341602', point: 'P-0' },
          { id: 'a1', raisedAt: T0 + 1, level: 2, lifeline: 'gas', area: '341603', point: 'P-1' },
          { id: 'a2', raisedAt: T0 + 2, level: 2, lifeline: 'bridge', area: '340100', point: 'P-2' },
          { id: 'a3', raisedAt: T0 + 3, level: 2, lifeline: 'gas', area: '341602001', point: 'P-0' },
        ] as const;
        await journal.commit(turn(1, { events: alarms.map((a, i) => raised(i + 1, a)) }));
        expect(await alarmIds({ level: 2 })).toEqual(['a3', 'a2', 'a1']);
        expect(await alarmIds({ lifeline: as.lifeline('gas') })).toEqual(['a3', 'a1', 'a0']);
        expect(await alarmIds({ area: as.area('3416') })).toEqual(['a3', 'a1', 'a0']);
        expect(await alarmIds({ area: as.area('341602') })).toEqual(['a3', 'a0']);
        expect(await alarmIds({ point: as.point('P-0') })).toEqual(['a3', 'a0']);
        expect(await alarmIds({ from: T0 + 1, to: T0 + 3 })).toEqual(['a2', 'a1']);
        expect(
          await alarmIds({ state: 'open', level: 2, lifeline: as.lifeline('gas'), area: as.area('341602') }),
        ).toEqual(['a3']);
      });

      test.each(['%', '_41602', '3416%', "' OR 1=1 --", '341602\u0000', 'a'])(
        'takes the area %j for what it says, and nothing more',
        async (area) => {
          await journal.commit(
            turn(1, {
              events: [raised(1, { id: 'a1', area: '341602' }), raised(2, { id: 'a2', area: 'A1' })],
            }),
          );
          expect(await alarmIds({ area: as.area(area) })).toEqual([]);
        },
      );

      test('refuses a cursor that it never gave', async () => {
        for (const cursor of ['', 'x', '~', '12', 'NaN~a1']) {
          await expect(journal.alarms({ state: 'all' }, 5, cursor)).rejects.toMatchObject({
            code: 'bad-cursor',
          });
        }
      });
    });

    describe('quarantine', () => {
      test('keeps bytes exactly, also of a small view on a large buffer', async () => {
        const every = Uint8Array.from({ length: 256 }, (_, i) => i);
        const socket = new Uint8Array(64 * 1024).fill(0xaa);
        socket.set([0, 0xff, 0xfe, 0x00], 1000);
        const items = [
          quarantined(every),
          quarantined(socket.subarray(1000, 1004), null),
          quarantined(new Uint8Array(0)),
        ];
        await journal.commit(turn(1, { quarantined: items }));
        await again();
        const kept = (await journal.quarantine(null, 10, null)).items;
        expect(kept.map((q) => [...q.bytes])).toEqual([[], [0, 0xff, 0xfe, 0], [...every]]);
        expect(kept.map(({ id, bytes, ...rest }) => rest)).toEqual(
          items.map(({ bytes, ...rest }) => rest).reverse(),
        );
      });

      test('is newest first in pages, for all or for one device', async () => {
        const from = (device: string | null, byte: number) => quarantined(new Uint8Array([byte]), device);
        await commitAll(
          turn(1, { quarantined: [from('D-1', 1), from('D-2', 2), from(null, 3)] }),
          turn(2, { quarantined: [from('D-1', 4), from('D-1', 5)] }),
        );
        const bytes = async (device: string | null, limit: number, after: string | null) => {
          const page = await journal.quarantine(device === null ? null : as.device(device), limit, after);
          return { bytes: page.items.map((q) => q.bytes[0]), next: page.next };
        };
        const first = await bytes(null, 3, null);
        expect(first.bytes).toEqual([5, 4, 3]);
        expect(await bytes(null, 3, first.next)).toEqual({ bytes: [2, 1], next: null });
        const ofOne = await bytes('D-1', 2, null);
        expect(ofOne.bytes).toEqual([5, 4]);
        expect(await bytes('D-1', 2, ofOne.next)).toEqual({ bytes: [1], next: null });
        expect(await bytes('nobody', 2, null)).toEqual({ bytes: [], next: null });
      });

      test('says of which devices it has packets, who spoke last first', async () => {
        const from = (device: string | null, receivedAt: number) => ({
          ...quarantined(new Uint8Array([1]), device),
          receivedAt,
        });
        expect(await journal.quarantinedDevices(10)).toEqual([]);
        await commitAll(
          turn(1, { quarantined: [from('D-1', 100), from('D-2', 200), from(null, 300)] }),
          turn(2, { quarantined: [from('D-1', 400)] }),
        );
        await again();
        expect(await journal.quarantinedDevices(10)).toEqual([
          { device: 'D-1', packets: 2, firstAt: 100, lastAt: 400 },
          { device: 'D-2', packets: 1, firstAt: 200, lastAt: 200 },
        ]);
        expect(await journal.quarantinedDevices(1)).toHaveLength(1);
      });

      test('refuses a cursor that it never gave', async () => {
        for (const cursor of ['', 'x', '-1', '1 OR 1']) {
          await expect(journal.quarantine(null, 5, cursor)).rejects.toMatchObject({ code: 'bad-cursor' });
        }
      });
    });

    test('text comes back as it was: Chinese, emoji, quotes, NUL, half a surrogate pair', async () => {
      const text = '亳州市谯城区 🚨 "\'\\ \u0000 \ud83d end';
      const status = { device: as.device('D-1'), online: true, at: T0 };
      await journal.commit(
        turn(1, {
          quarantined: [quarantined(new Uint8Array([1]), 'D-1', text)],
          events: [raised(1, { id: 'a1', point: '测点一' })],
          statuses: [status],
        }),
      );
      await again();
      expect((await journal.quarantine(as.device('D-1'), 1, null)).items[0]?.detail).toBe(text);
      expect(await alarmIds({ point: as.point('测点一') })).toEqual(['a1']);
    });

    test('what devices make up stops nothing: odd levels, odd instants, endless numbers', async () => {
      const odd = {
        device: as.device('D-1'),
        point: null,
        code: '开盖',
        level: 2.5,
        text: null,
        observedAt: Number.POSITIVE_INFINITY,
        receivedAt: T0 + 0.5,
      };
      await journal.commit(turn(1, { at: T0 + 0.25, deviceEvents: [odd, odd], readings: [reading('P', 1)] }));
      await journal.commit(turn(2));
      expect((await journal.spoolState()).oldest).toBe(T0 + 0.25);
    });

    test('nothing is answered before the start or after the end, and ending twice is one end', async () => {
      const unopened = place.open();
      await expect(unopened.commit(turn(1))).rejects.toThrow();
      await expect(unopened.alarm(as.alarm('a1'))).rejects.toThrow();
      await expect(journal.recover(), 'a start comes once').rejects.toThrow();
      await journal.close();
      await journal.close();
      await expect(journal.commit(turn(1))).rejects.toThrow();
      await expect(journal.spoolState()).rejects.toThrow();
      await expect(journal.alarms({ state: 'all' }, 1, null)).rejects.toThrow();
    });

    describe('events in short', () => {
      const all = { from: T0, to: T0 + 1e9, kinds: ['raised', 'acknowledged', 'closed'] as const };
      const brief = async (filter: Partial<BriefFilter> = {}, limit = 100, after: string | null = null) =>
        await journal.briefEvents({ ...all, ...filter }, limit, after);

      test('come in order of time, say what their alarm is by now, and are filtered', async () => {
        await commitAll(
          turn(1, { events: [raised(1, { id: 'a1', raisedAt: T0 + 50, level: 3 })] }),
          turn(2, { events: [raised(2, { id: 'a2', raisedAt: T0, area: '341621', lifeline: 'bridge' })] }),
          turn(3, { events: [acknowledged(3, { id: 'a1', raisedAt: T0 + 50, level: 1 })] }),
        );
        const { items, next } = await brief();
        expect(next).toBeNull();
        expect(items.map((e) => [e.alarm, e.kind, e.level, e.at - T0])).toEqual([
          ['a2', 'raised', 2, 1],
          ['a1', 'raised', 1, 51],
          ['a1', 'acknowledged', 1, 52],
        ]);
        expect(items[1]).toEqual({
          at: T0 + 51,
          kind: 'raised',
          alarm: 'a1',
          hidden: false,
          raisedAt: T0 + 50,
          level: 1,
          lifeline: 'gas',
          area: '341602',
          point: 'GAS-1',
          pointName: '魏武大道 12 号窨井',
          asset: null,
          assetName: null,
          rule: 'gas.ch4',
          ruleName: { zh: '甲烷浓度', en: 'Methane' },
          verdict: null,
          from: null,
        });
        const ids = async (f: Partial<BriefFilter>) =>
          (await brief(f)).items.map((e) => `${e.alarm} ${e.kind}`);
        expect(await ids({ kinds: ['acknowledged'] })).toEqual(['a1 acknowledged']);
        expect(await ids({ lifeline: as.lifeline('bridge') })).toEqual(['a2 raised']);
        expect(await ids({ area: as.area('341602') })).toEqual(['a1 raised', 'a1 acknowledged']);
        expect(await ids({ from: T0 + 51, to: T0 + 52 })).toEqual(['a1 raised']);
      });

      test('come in pages that leave nothing out, also within one instant', async () => {
        await journal.commit(turn(1, { events: [1, 2, 3, 4, 5].map((n) => raised(n, { id: `a${n}` })) }));
        const seen: string[] = [];
        let after: string | null = null;
        do {
          const page: Awaited<ReturnType<typeof brief>> = await brief({}, 2, after);
          seen.push(...page.items.map((e) => e.alarm));
          after = page.next;
        } while (after !== null);
        expect(seen).toEqual(['a1', 'a2', 'a3', 'a4', 'a5']);
        await expect(brief({}, 2, 'nonsense')).rejects.toMatchObject({ code: 'bad-cursor' });
      });

      test('and alarms are listed by how they are hidden now', async () => {
        const shown = raised(1, { id: 'a1' });
        const away = raised(2, { id: 'a2' });
        const overlay = { is: 'suppressed', at: T0, because: '作业' } as const;
        await journal.commit(turn(1, { events: [shown, { ...away, after: { ...away.after, overlay } }] }));
        expect(await alarmIds({ overlay: 'none' })).toEqual(['a1']);
        expect(await alarmIds({ overlay: 'suppressed' })).toEqual(['a2']);
        expect(await alarmIds({ overlay: 'hidden' })).toEqual(['a2']);
        expect(await alarmIds({ overlay: 'shelved' })).toEqual([]);
      });

      test('say of a raise that nobody was shown it', async () => {
        const shown = raised(1, { id: 'a1' });
        const { change } = shown.event;
        const hidden = { is: 'outOfService', reason: '检修' } as const;
        await journal.commit(
          turn(1, {
            events: [
              { ...shown, event: { ...shown.event, change: { ...change, hidden } as typeof change } },
              raised(2, { id: 'a2' }),
            ],
          }),
        );
        expect((await brief()).items.map((e) => e.hidden)).toEqual([true, false]);
      });
    });
  });
}

const policy = DEFAULT_CLOCK_POLICIES[0] as (typeof DEFAULT_CLOCK_POLICIES)[number];

/** What an order of this id did, from this seq on. */
function orderStory(id: string, from: number, ...commands: OrderCommand[]): readonly JournaledOf<'order'>[] {
  let after: Order | null = null;
  return story(...commands).events.map((e, i) => {
    const { change } = e;
    const named =
      change.kind === 'created'
        ? { ...change, birth: { ...change.birth, id: as.order(id), no: `no ${id}` } }
        : change;
    const event = { ...e, id: as.order(id), change: named };
    after = evolveOrder(after, event);
    return { seq: as.seq(from + i), of: 'order', event, after };
  });
}

/** What a warning of this id did, from this seq on. */
function warningStory(
  id: string,
  from: number,
  ...commands: WarningCommand[]
): readonly JournaledOf<'warning'>[] {
  let after: Warning | null = null;
  return warnings.story(...commands).events.map((e, i) => {
    const { change } = e;
    const named =
      change.kind === 'drafted' ? { ...change, birth: { ...change.birth, id: as.warning(id) } } : change;
    const event = { ...e, id: as.warning(id), change: named };
    after = evolveWarning(after, event);
    return { seq: as.seq(from + i), of: 'warning', event, after };
  });
}
