import { as } from '../../../src/domain/ids.ts';
import type { Pack } from '../../../src/domain/pack.ts';
import { type Point, UNPLACED_AREA } from '../../../src/domain/register/register.ts';
import { hours } from '../../../src/domain/time.ts';
import { Core } from '../../../src/flow/core/core.ts';
import type { JournaledEvent } from '../../../src/flow/ports/journal.ts';
import { Meters } from '../../../src/flow/ports/meters.ts';

/** A point of the lifeline that these tests make up. */
export const POINT: Point = {
  code: as.point('P1'),
  name: 'P1',
  lifeline: as.lifeline('test'),
  asset: null,
  area: UNPLACED_AREA.code,
  place: null,
  unverified: false,
  outOfService: null,
  attributes: {},
};

/** A city whose devices register themselves. */
export function cityOf(pack: Pack): Core {
  let n = 0;
  return new Core({
    packs: [pack],
    ids: { alarm: () => as.alarm(`A${++n}`) },
    meters: new Meters(),
    limits: { shelveAtMost: hours(8), shelveLevel1: true },
    autoRegister: true,
  });
}

export type Sample = {
  readonly value: number | string | null;
  readonly at: number;
  readonly receivedAt: number;
};

/** Device D1 reports `x`, in a turn of its own. @returns what happened in it */
export function report(core: Core, s: Sample): readonly JournaledEvent[] {
  const draft = core.begin(s.receivedAt);
  const body = JSON.stringify({ ts: s.at, values: { x: s.value } });
  core.take(
    {
      topic: 'lifeline/v1/test/D1/telemetry',
      payload: new TextEncoder().encode(body),
      qos: 1,
      retain: false,
      receivedAt: s.receivedAt,
    },
    draft,
  );
  const events = [...draft.events];
  core.finish(draft, 'none');
  return events;
}
