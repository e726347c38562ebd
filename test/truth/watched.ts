import type { SimEvent } from '../../simulators/event.ts';
import type { Actor, Alarm } from '../../src/domain/alarm/alarm.ts';
import { isUnacked } from '../../src/domain/alarm/order.ts';
import { as } from '../../src/domain/ids.ts';
import { decided } from '../../src/domain/register/decide.ts';
import type { RegisterChange } from '../../src/domain/register/register.ts';
import { minutes } from '../../src/domain/time.ts';
import { Core } from '../../src/flow/core/core.ts';
import type { Draft } from '../../src/flow/core/draft.ts';
import { Meters } from '../../src/flow/ports/meters.ts';
import { PACKS } from '../../src/packs/index.ts';

/** One occurrence, as the service raised it. */
export type Raised = {
  readonly point: string;
  readonly rule: string;
  readonly level: number;
  /** By the device's clock, milliseconds since the recording began. */
  readonly atMs: number;
  readonly value: number | null;
};

const SOMEBODY: Actor = { kind: 'operator', account: 'truth', name: 'truth' };
/** The flow looks at its clock every second; here once a minute, which only delays words of silence. */
const TICK = minutes(1);
/** Packets of so long arrive together. */
const STRIDE = 1_000;

/**
 * Sends what instruments recorded through the whole core (decode, quality, rules, alarm desk), without a disk, and notes every alarm.
 * Somebody acknowledges and resets at once: what comes back is an alarm of its own, as it would be on the wall.
 *
 * @param events in order of time
 */
export function raisedBy(
  events: Iterable<SimEvent>,
  o: { readonly start: number; readonly register?: readonly RegisterChange[] },
): { readonly raised: readonly Raised[]; readonly readings: number } {
  let made = 0;
  const core = new Core({
    packs: PACKS,
    ids: { alarm: () => as.alarm(`T${++made}`) },
    meters: new Meters(),
    limits: { shelveAtMost: 0, shelveLevel1: false },
    autoRegister: true,
  });
  const raised: Raised[] = [];
  let readings = 0;
  let commands = 0;
  const attend = (alarm: Alarm, draft: Draft): void => {
    const by = { by: SOMEBODY, note: null };
    const commandId = as.command(`T${++commands}`);
    if (isUnacked(alarm))
      core.act(alarm.id, { do: 'acknowledge', ...by, seenRevision: alarm.revision, commandId }, null, draft);
    else if (alarm.phase.is === 'latched-acked')
      core.act(alarm.id, { do: 'reset', ...by, commandId }, null, draft);
  };
  const turn = (at: number, does: (draft: Draft) => void): void => {
    const draft = core.begin(at);
    does(draft);
    for (let told = 0; told < draft.events.length; told++) {
      const { event, after } = draft.events[told] as Draft['events'][number];
      if (event.change.kind === 'raised')
        raised.push({
          point: after.pointCode,
          rule: after.ruleId,
          level: after.level,
          atMs: after.observedAt - o.start,
          value: after.trigger.value,
        });
      attend(after, draft);
    }
    readings += draft.readings.length + draft.frames.length;
    core.finish(draft, 'none');
  };
  if (o.register !== undefined) {
    const changes = o.register;
    turn(o.start, (draft) => core.change(decided(changes), draft));
  }

  let ticked = 0;
  let stride: Extract<SimEvent, { is: 'message' }>[] = [];
  const passTo = (atMs: number): void => {
    if (stride.length > 0) {
      const packets = stride;
      stride = [];
      turn(o.start + (packets.at(-1)?.atMs ?? 0), (draft) => {
        for (const p of packets) {
          const receivedAt = o.start + p.atMs;
          const payload = new TextEncoder().encode(p.payload);
          core.take({ topic: p.topic, payload, qos: 1, retain: p.retain, receivedAt }, draft);
        }
      });
    }
    for (; ticked + TICK <= atMs; ticked += TICK) turn(o.start + ticked + TICK, (draft) => core.tick(draft));
  };
  let last = 0;
  for (const e of events) {
    if (e.is !== 'message') continue;
    if (e.atMs - (stride[0]?.atMs ?? e.atMs) >= STRIDE || ticked + TICK <= e.atMs) passTo(e.atMs);
    stride.push(e);
    last = e.atMs;
  }
  passTo(last);
  return { raised, readings };
}
