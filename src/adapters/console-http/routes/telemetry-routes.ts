import { as } from '../../../domain/ids.ts';
import { seconds } from '../../../domain/time.ts';
import { iso } from '../../../wire/alarm.ts';
import { whyJson } from '../../../wire/http/readings.ts';
import { ITEMS_AT_MOST, itemsOf, pushed } from '../../../wire/http/telemetry.ts';
import type { Handlers } from '../answer/handler.ts';
import { MetricBook } from '../answer/metric-book.ts';
import { HttpProblem, invalid, retryAfter } from '../answer/problem.ts';
import type { Services } from '../answer/services.ts';

/** A turn takes milliseconds; one that does not come in this time means that intake is held (the spool is full). */
const PATIENCE = seconds(30);

type Flaws = readonly { readonly code: string; readonly detail: string }[];
type Outcome = { readonly outcome: 'kept' | 'dropped' | 'failed' | 'refused'; readonly flaws: Flaws };

export function telemetryRoutes({
  service,
  clock,
}: Services): Pick<Handlers, 'telemetry' | 'checkTelemetry'> {
  const book = new MetricBook(service.packs());

  /** Through the same door as a packet from the broker: answered when the turn that holds it is on disk. */
  function push(item: unknown, mine: (device: string) => boolean): Promise<Outcome> | Outcome {
    const packet = pushed(item);
    if (!packet.ok) return { outcome: 'refused', flaws: [packet.flaw] };
    const { topic, payload } = packet;
    const device = topic.split('/')[3] ?? '';
    if (!mine(device)) return { outcome: 'refused', flaws: [NOT_YOURS] };
    return new Promise((resolve) => {
      service.intake({ topic, payload, qos: 1, retain: false, receivedAt: clock.now() }, (outcome, flaws) =>
        resolve({ outcome, flaws }),
      );
    });
  }

  return {
    checkTelemetry: ({ body, session, register }) => {
      const { lifeline, device, payload } = body;
      if (session.areas !== null && register.device(as.device(device)) === undefined)
        return { pointCode: null, wouldRegister: false, values: [], frames: [], flaws: [NOT_YOURS] };
      const checked = service.check({
        topic: `lifeline/v1/${lifeline}/${device}/telemetry`,
        payload: new TextEncoder().encode(payload),
        receivedAt: clock.now(),
      });
      return {
        pointCode: checked.point,
        wouldRegister: checked.wouldRegister,
        values: checked.values.map((v) => ({
          metric: v.reading.metric,
          given: v.given,
          value: v.reading.value,
          unit: book.find(lifeline, v.reading.metric)?.unit ?? '',
          quality: v.reading.quality.grade,
          ...whyJson(v.reading.quality),
          deviceTime: v.deviceTime === null ? null : iso(v.deviceTime),
          clockOff: v.clockOff,
          observedAt: iso(v.reading.observedAt),
        })),
        frames: checked.frames.map((f) => ({ ...f, observedAt: iso(f.observedAt) })),
        flaws: [...checked.flaws],
      };
    },
    telemetry: async ({ body, language, session, register }) => {
      const items = itemsOf(body);
      if (items === null) {
        throw invalid(
          'body',
          `须为一条、一组或 {"items":[…]}，1 至 ${ITEMS_AT_MOST} 条`,
          `must be one item, a list, or {"items":[…]}, 1 to ${ITEMS_AT_MOST} items`,
          language,
        );
      }
      const mine = (device: string) =>
        session.areas === null || register.device(as.device(device)) !== undefined;
      const outcomes = await inTime(clock, Promise.all(items.map((item) => push(item, mine))));
      const accepted = outcomes.filter((o) => o.outcome === 'kept').length;
      if (accepted === 0 && outcomes.some((o) => o.outcome === 'failed'))
        throw new HttpProblem('journal-failed');
      return {
        accepted,
        items: outcomes.map(({ outcome, flaws }, index) => ({
          index,
          accepted: outcome === 'kept',
          flaws: outcome === 'kept' || outcome === 'refused' ? [...flaws] : [NOT_KEPT],
        })),
        next: null,
      };
    },
  };
}

const NOT_YOURS = {
  code: 'foreign-area',
  detail: 'no device of that code lies in the areas of this token',
};
const NOT_KEPT = { code: 'not-kept', detail: 'the service could not keep it: send it again' };

async function inTime<T>(clock: Services['clock'], work: Promise<T>): Promise<T> {
  let cancel = () => {};
  const late = new Promise<never>((_, reject) => {
    cancel = clock.after(PATIENCE, () =>
      reject(new HttpProblem('too-busy', { headers: retryAfter(PATIENCE) })),
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    cancel();
  }
}
