import type { Decided } from '../../domain/register/commands.ts';
import { decide } from '../../domain/register/decide.ts';
import type { Lifelines } from '../../domain/register/flaws.ts';
import { no, ok, type Result } from '../../domain/result.ts';
import type { Millis } from '../../domain/time.ts';
import type { Decoded } from '../../wire/mqtt/telemetry.ts';
import type { DeviceTopic } from '../../wire/mqtt/topics.ts';
import type { PointState } from '../judging/point-state.ts';
import type { Flaw } from '../ports/broker.ts';
import type { RegisterView } from '../ports/service.ts';
import type { Plan } from '../rules/rule-book.ts';
import type { Draft } from './draft.ts';
import type { Points } from './points.ts';

/** What is asked whose a packet is. */
export type IdentifyParts = {
  readonly register: RegisterView;
  readonly points: Pick<Points, 'at'>;
  /** Those of the packs. */
  readonly lifelines: Lifelines;
  readonly autoRegister: boolean;
};

/** Device → point; an unknown device is registered on the spot where that is allowed and it speaks sense. */
export function identify(
  core: IdentifyParts & { change(changes: Decided, draft: Draft): void },
  topic: DeviceTopic,
  plan: Plan,
  decoded: Decoded,
  draft: Draft,
): Result<PointState, Flaw> {
  const where = whereIs(core, topic, plan, decoded, draft.at);
  if (!where.ok) return where;
  if (!('registers' in where.value)) return ok(where.value);
  core.change(where.value.registers, draft);
  return whereIs(core, topic, plan, decoded, draft.at) as Result<PointState, Flaw>;
}

/** `registers`: not in the register, and it may register itself with this packet. */
export function whereIs(
  core: IdentifyParts,
  topic: DeviceTopic,
  plan: Plan,
  decoded: Decoded,
  now: Millis,
): Result<PointState | { readonly registers: Decided }, Flaw> {
  const device = core.register.device(topic.device);
  if (device !== undefined) {
    if (device.lifeline !== topic.lifeline) {
      return no({
        code: 'wrong-lifeline',
        detail: `Device ${topic.device} is registered under "${device.lifeline}", not "${topic.lifeline}".`,
      });
    }
    const registered = device.point === null ? undefined : core.register.point(device.point);
    const point = registered === undefined ? undefined : core.points.at(registered);
    return point === undefined
      ? no({
          code: 'not-installed',
          detail: `Device ${topic.device} is registered but not installed at any point: give it one, PATCH /api/v1/devices/${topic.device} {"point":…}.`,
        })
      : ok(point);
  }
  if (!core.autoRegister) {
    return no({
      code: 'unknown-device',
      detail: `Device ${topic.device} is not in the register: add it, or start with LIFELINE_AUTO_REGISTER=true.`,
    });
  }
  if (
    !decoded.instants.some((i) => i.values.some(([key]) => plan.metrics.has(key))) &&
    !decoded.frames.some((f) => f.series.some(([key]) => plan.metrics.has(key)))
  ) {
    return no({
      code: 'unknown-device',
      detail: `Device ${topic.device} is not in the register, and nothing in its packet is a known metric of "${topic.lifeline}".`,
    });
  }
  return ownRegistration(core, topic, now);
}

/** Nobody owns what registers itself. */
const NO_UNITS: ReadonlySet<string> = new Set();

/** What the register takes over for a device that registers itself. */
function ownRegistration(
  core: IdentifyParts,
  { device, lifeline }: DeviceTopic,
  now: Millis,
): Result<{ readonly registers: Decided }, Flaw> {
  const command = { do: 'register-itself', device, lifeline } as const;
  const done = decide(core.register, command, { now, lifelines: core.lifelines, units: NO_UNITS });
  if (done.ok) return ok({ registers: done.value.changes });
  const why = done.error.flaws.map((f) => f.say.en).join('; ');
  return no({
    code: 'wrong-lifeline',
    detail: `Device ${device} cannot register itself under "${lifeline}" at point ${device}: ${why}.`,
  });
}
