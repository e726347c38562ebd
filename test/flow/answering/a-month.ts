import { chance as chanceOf } from '../../../simulators/random.ts';
import { systemIds } from '../../../src/adapters/ids/index.ts';
import type { Verdict } from '../../../src/domain/alarm/assessment.ts';
import { as } from '../../../src/domain/ids.ts';
import type { OrderCommand } from '../../../src/domain/order/commands.ts';
import type { Order } from '../../../src/domain/order/order.ts';
import type { RegisterChange } from '../../../src/domain/register/register.ts';
import { days, hours, minutes } from '../../../src/domain/time.ts';
import { ReportOffice } from '../../../src/flow/answering/report-office.ts';
import { PACKS } from '../../../src/packs/index.ts';
import {
  accept,
  arrive,
  by,
  create,
  DESK,
  dispatch,
  done,
  extendTo,
  fail,
  OTHER,
  pass,
  refuse,
} from '../../domain/order/build.ts';
import { ManualClock } from '../../memory/clock.ts';
import { FlowHarness, LI, START } from '../flow-harness.ts';

export const DISTRICTS = ['341602', '341621'] as const;
/** June 2026 in Beijing, and some days on both sides of it. */
export const JUNE = { from: Date.UTC(2026, 4, 31, 16), to: Date.UTC(2026, 5, 30, 16) };
const BEFORE = days(4);
const AFTER = days(2);
const POINTS = 9;
const placeOf = (i: number) => ({ lon: 115.78 + i * 0.01, lat: 33.85, crs: 'WGS-84' as const });

/** A month of a small city, quickly: alarms that rise, return, are seen and judged, silences, works, orders on time and late. */
export async function liveThroughJune(seed = 7): Promise<{ flow: FlowHarness; reports: ReportOffice }> {
  const { next: chance } = chanceOf(seed, 'june');
  const { next: found } = chanceOf(seed, 'found');
  const pick = <T>(of: readonly T[]): T | undefined => of[Math.floor(chance() * of.length)];
  const flow = await FlowHarness.begin({ clock: new ManualClock(JUNE.from - BEFORE) });
  await flow.change(register());
  let n = 0;
  const order = (id: string, given: OrderCommand) =>
    flow.turn.tell((draft) =>
      flow.core.orders.command(
        flow.core.orders.find(as.order(id), null),
        { ...given, commandId: as.command(`x${++n}`) } as OrderCommand,
        draft,
      ),
    );
  const VERDICTS: readonly Verdict[] = [
    'real',
    'real',
    'biogas',
    'instrument',
    'environment',
    'works',
    'test',
    'unclear',
  ];
  const open = () => [...flow.core.orders.open.values()];
  /** Devices that say nothing for a while, until when. */
  const mute = new Map<string, number>();
  /** And one of which nothing was due for half of that: there was work on it. */
  const worked = [START + days(5) - hours(6), START + days(5) + hours(10)] as const;
  const isMute = (i: number): boolean => {
    const now = flow.clock.now();
    return (mute.get(`D-${i}`) ?? 0) >= now || (i === 2 && now > worked[0] && now < worked[1]);
  };
  while (flow.clock.now() < JUNE.to + AFTER) {
    await flow.pass(minutes(15 + Math.floor(chance() * 60)));
    const now = flow.clock.now();
    if (chance() < 0.02) mute.set(`D-${Math.floor(chance() * 8)}`, now + hours(2 + chance() * 20));
    for (let i = 0; i < 6; i++)
      if (!isMute(i)) await flow.value('gas', `D-${i}`, 'ch4', chance() < 0.06 ? 15 + chance() * 60 : 2);
    for (let i = 6; i < 8; i++)
      if (!isMute(i))
        await flow.value('waterlogging', `D-${i}`, 'depth', chance() < 0.08 ? 10 + chance() * 60 : 0);
    const alarm = pick(flow.open());
    if (alarm !== undefined && chance() < 0.3) await flow.acknowledge(alarm);
    if (alarm !== undefined && chance() < 0.2)
      await flow.turn.act(
        alarm.id,
        {
          do: 'assess',
          by: LI,
          verdict: pick(VERDICTS) ?? 'real',
          note: null,
          commandId: as.command(`v${++n}`),
        },
        null,
      );
    if (chance() < 0.1) {
      const id = `O${String(++n).padStart(5, '0')}`;
      const level = (1 + Math.floor(chance() * 4)) as Order['level'];
      const area = as.area(pick(DISTRICTS) ?? DISTRICTS[0]);
      const place = { area, asset: null, point: null, text: '某路口', lon: null, lat: null };
      const no = flow.core.orders.nextNo(now);
      await order(id, create({ id: as.order(id), no, level, ...foundBy(found, place) }));
      if (chance() < 0.8) await order(id, dispatch);
      if (found() < 0.1) await order(id, by(DESK, { do: 'void', reason: '重复' }));
    }
    for (const o of open()) {
      if (chance() > 0.35) continue;
      switch (o.state) {
        case 'new':
        case 'returned':
          await order(o.id, dispatch);
          break;
        case 'dispatched':
          await order(o.id, chance() < 0.2 ? refuse : chance() < 0.5 ? arrive : accept);
          break;
        case 'accepted':
          await order(o.id, arrive);
          break;
        case 'on-site':
          if (chance() < 0.2) {
            await order(o.id, extendTo(now + hours(30)));
            await order(o.id, by(DESK, { do: 'answer-extension', granted: chance() < 0.7, reason: '' }));
          } else await order(o.id, done);
          break;
        case 'done':
          await order(o.id, chance() < 0.2 ? fail : pass);
          break;
        case 'verified':
          await order(o.id, by(OTHER, { do: 'archive' }));
          break;
        default:
          break;
      }
    }
  }
  const reports = new ReportOffice({
    core: flow.core,
    turn: flow.turn,
    journal: flow.journal,
    ids: systemIds,
    clock: flow.clock,
    packs: PACKS,
    breathe: async () => undefined,
    log: flow.log,
  });
  return { flow, reports };
}

/** Half of them what a citizen or a patrol found: at a point, at coordinates, or nobody knows where. */
function foundBy(chance: () => number, place: Order['place']): Pick<Order, 'source' | 'place'> {
  const by = chance();
  const kind = by < 0.3 ? 'citizen' : by < 0.5 ? 'patrol' : 'manual';
  const i = Math.floor(chance() * POINTS);
  const how = chance();
  const at = placeOf(i);
  const where =
    how < 0.4
      ? { ...place, point: as.point(`P-${i}`) }
      : how < 0.8
        ? { ...place, lon: at.lon + (chance() - 0.5) * 0.01, lat: at.lat + (chance() - 0.5) * 0.01 }
        : place;
  return { source: { kind, id: null }, place: where };
}

function register(): readonly RegisterChange[] {
  const areas = DISTRICTS.map(
    (code): RegisterChange => ({ kind: 'area', area: { code: as.area(code), name: code, parent: null } }),
  );
  const things = Array.from({ length: POINTS }, (_, i): readonly RegisterChange[] => {
    const lifeline = as.lifeline(i < 6 ? 'gas' : 'waterlogging');
    const code = as.point(`P-${i}`);
    return [
      {
        kind: 'point',
        point: {
          code,
          name: `点${i}`,
          lifeline,
          asset: null,
          area: as.area(DISTRICTS[i % 2] ?? DISTRICTS[0]),
          place: placeOf(i),
          unverified: false,
          outOfService: null,
          attributes: {},
        },
      },
      // The last one is listed, and nothing hangs there.
      ...(i === 8
        ? []
        : [
            {
              kind: 'device' as const,
              device: {
                code: as.device(`D-${i}`),
                lifeline,
                point: code,
                vendor: i % 3 === 0 ? '甲厂' : '乙厂',
                serial: null,
                installedAt: null,
                unverified: false,
              },
            },
          ]),
    ];
  });
  const works: RegisterChange = {
    kind: 'work',
    work: {
      id: 'W1',
      point: as.point('P-2'),
      from: START + days(5),
      until: START + days(6),
      reason: '检修',
      by: { account: 'li', name: 'li' },
      at: JUNE.from - BEFORE,
      ended: null,
    },
  };
  return [...areas, ...things.flat(), works];
}
