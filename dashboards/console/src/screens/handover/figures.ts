import type { AlarmJson } from '../../../../../src/wire/alarm.ts';

/** Later than this a red alarm has waited too long for a person. */
export const SLOW_MS = 5 * 60_000;
const NOISIEST = 5;

export type Figures = {
  readonly raised: number;
  readonly byLevel: Readonly<Record<AlarmJson['level'], number>>;
  readonly acked: number;
  readonly unacked: number;
  /** Milliseconds; `null`: nothing was acknowledged. */
  readonly medianToAck: number | null;
  readonly slow: number;
  readonly assessed: number;
  readonly assessedFalse: number;
  readonly noisiest: readonly { readonly code: string; readonly name: string; readonly count: number }[];
};

/** The figures of one shift, from the alarms that were raised in it. */
export function figuresOf(alarms: readonly AlarmJson[]): Figures {
  const byLevel = { 1: 0, 2: 0, 3: 0, 4: 0 };
  const waits: number[] = [];
  const points = new Map<string, { code: string; name: string; count: number }>();
  let unacked = 0;
  let assessed = 0;
  let assessedFalse = 0;
  for (const a of alarms) {
    byLevel[a.level] += 1;
    if (a.phase.endsWith('-unacked')) unacked += 1;
    if (a.ack) waits.push(Date.parse(a.ack.at) - Date.parse(a.raisedAt));
    if (a.assessment) assessed += 1;
    if (a.assessment?.verdict === 'false') assessedFalse += 1;
    const p = points.get(a.pointCode) ?? { code: a.pointCode, name: a.pointName, count: 0 };
    p.count += 1;
    points.set(a.pointCode, p);
  }
  waits.sort((x, y) => x - y);
  return {
    raised: alarms.length,
    byLevel,
    acked: waits.length,
    unacked,
    medianToAck: waits.length === 0 ? null : (waits[Math.floor(waits.length / 2)] as number),
    slow: waits.filter((w) => w >= SLOW_MS).length,
    assessed,
    assessedFalse,
    noisiest: [...points.values()]
      .sort((x, y) => y.count - x.count)
      .slice(0, NOISIEST)
      .filter((p) => p.count > 1),
  };
}
