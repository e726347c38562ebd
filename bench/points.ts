import { as, type LifelineKey, type PointCode } from '../src/domain/ids.ts';
import { type Point, type RegisterChange, UNPLACED_AREA } from '../src/domain/register/register.ts';
import type { Recovered } from '../src/flow/ports/journal.ts';

/** A point as the register has it before anybody has placed it. */
export const pointOf = (code: PointCode, lifeline: LifelineKey): Point => ({
  code,
  name: code,
  lifeline,
  asset: null,
  area: UNPLACED_AREA.code,
  place: null,
  unverified: false,
  outOfService: null,
  attributes: {},
});

/** A journal that knows these points, and nothing else. */
export function recoveredWith(
  register: readonly RegisterChange[],
  memories: Recovered['memories'] = [],
): Recovered {
  return {
    epoch: 'bench',
    cleanStop: true,
    lastTurn: as.turn(1),
    lastAt: null,
    lastSeq: as.seq(0),
    register,
    rules: [],
    openAlarmEvents: [],
    openResponses: [],
    openDrilled: [],
    lastOrderNo: null,
    messageIds: [],
    filed: [],
    memories,
    answers: [],
    statuses: [],
    told: [],
    exchanged: [],
    listened: [],
    openCommands: [],
    openCitizens: [],
    clockMoves: [],
  };
}
