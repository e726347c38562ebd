import { JournalSqlite } from '../../src/adapters/journal-sqlite/index.ts';
import type { Actor, Alarm, Scene } from '../../src/domain/alarm/alarm.ts';
import type { AlarmChange, AlarmEvent } from '../../src/domain/alarm/events.ts';
import { evolve } from '../../src/domain/alarm/evolve.ts';
import { as } from '../../src/domain/ids.ts';
import { days, type Millis, seconds } from '../../src/domain/time.ts';
import type { JournaledEvent } from '../../src/flow/ports/journal.ts';

const PER_TURN = 500;
const SYSTEM: Actor = { kind: 'system' };
const LI: Actor = { kind: 'operator', account: 'li', name: '李' };

/** What a spreadsheet would run, were it let: the name of every fourth point begins so. */
export const TRAPS = ['=HYPERLINK("http://x","点我")', '+1+1', '-2+3', '@SUM(A1:A9)'] as const;
const nameOf = (n: number): string =>
  n % 4 === 0 ? `${TRAPS[(n / 4) % TRAPS.length]} ${n}` : `${n} 号井，某路与某街交叉口东侧`;

/** A journal, closed cleanly, with so many alarms that are over, an hour of them in each second of the clock before `now`. */
export async function fillAlarms(dir: string, all: number, now: Millis): Promise<void> {
  const journal = new JournalSqlite({ dir });
  const { lastTurn, lastSeq } = await journal.recover();
  let [turn, seq] = [Number(lastTurn), Number(lastSeq)];
  for (let from = 0; from < all; from += PER_TURN) {
    const events: JournaledEvent[] = [];
    for (let n = from; n < Math.min(all, from + PER_TURN); n++)
      for (const { event, after } of storyOf(n, now - days(300) + n * seconds(200)))
        events.push({ seq: as.seq(++seq), event, after });
    await journal.commit({
      turn: as.turn(++turn),
      at: now,
      ...{ readings: [], frames: [], quarantined: [], statuses: [], deviceEvents: [], register: [] },
      ...{ rules: [], answers: [], memories: [] },
      events,
      memoriesKeptUpTo: as.turn(turn),
    });
  }
  await journal.close();
}

function storyOf(n: number, at: Millis): readonly Omit<JournaledEvent, 'seq'>[] {
  const scene: Scene = {
    pointCode: as.point(`P-${n % 5_000}`),
    pointName: nameOf(n % 5_000),
    assetCode: null,
    assetName: null,
    areaCode: as.area('341602'),
    lifeline: as.lifeline('gas'),
    ruleId: as.rule('gas.ch4.limit'),
    ruleVersion: 1,
    ruleName: { zh: '可燃气体浓度超限', en: 'combustible gas over its limit' },
    metric: as.metric('ch4'),
    latching: false,
  };
  const changes: readonly (readonly [AlarmChange, Actor])[] = [
    [
      {
        kind: 'raised',
        scene,
        breach: {
          level: 1,
          value: 60,
          unit: '%LEL',
          limit: { is: 'above', limit: 50 },
          observedAt: at,
          late: false,
          advice: { zh: '通风', en: 'ventilate' },
        },
      },
      SYSTEM,
    ],
    [{ kind: 'acknowledged', note: '已派人' }, LI],
    [{ kind: 'returned', worst: null }, SYSTEM],
    [{ kind: 'closed', worst: null }, SYSTEM],
  ];
  let alarm: Alarm | null = null;
  return changes.map(([change, by], i) => {
    const event: AlarmEvent = {
      alarmId: as.alarm(`A${String(n).padStart(8, '0')}`),
      revision: i + 1,
      at: at + i * seconds(30),
      by,
      commandId: null,
      change,
    };
    const after = evolve(alarm, event);
    alarm = after;
    return { event, after };
  });
}
