import type { Child } from './child.ts';
import { rawHop, toConsole } from './latency.ts';
import { load } from './load.ts';
import type { Options } from './options.ts';
import type { Report } from './report.ts';
import { ADMIN } from './service.ts';
import { logIn } from './session.ts';

const WARM_UP_SECONDS = 2;

/** The raw hop and the way to a console, one after the other, each beside the same background load. */
export async function latency(
  bare: Child,
  service: Child,
  o: Options,
): Promise<NonNullable<Report['latency']>> {
  if (service.http === null) throw new Error('the service named no HTTP address');
  const cookie = await logIn(service.http, ADMIN.account, ADMIN.password);
  const beside = async <T>(target: Child, label: string, measure: () => Promise<T>): Promise<T> => {
    if (o.background === 0) return measure();
    let underWay = (): void => {};
    const begun = new Promise<void>((resolve) => {
      underWay = resolve;
    });
    // Its first second, with every connection and device still new, is over before anything is measured.
    const background = load(
      target,
      {
        label,
        connections: Math.min(50, o.connections),
        devicesPerConnection: o.devices,
        window: o.window,
        qos: 1,
        seconds: o.seconds + WARM_UP_SECONDS + 3,
        rate: o.background,
      },
      { beats: () => underWay() },
    );
    const [measured] = await Promise.all([begun.then(measure), background]);
    return measured;
  };
  const steady = { perSecond: o.alarmsPerSecond, seconds: o.seconds };
  const warm = { ...steady, seconds: WARM_UP_SECONDS };
  const raw = await beside(bare, 'bg-bare', async () => {
    await rawHop(bare, { ...warm, label: 'warm' });
    return rawHop(bare, { ...steady, label: 'hop' });
  });
  const live = await beside(service, 'bg-service', async () => {
    await toConsole(service, cookie, { ...warm, label: 'warm' });
    return toConsole(service, cookie, { ...steady, label: 'alarm' });
  });
  const ratio = (a: number | null, b: number | null): number | null =>
    a === null || b === null ? null : a / b;
  return {
    background: o.background,
    rawHop: raw,
    toConsole: live,
    p50Ratio: ratio(live.p50, raw.p50),
    p99Ratio: ratio(live.p99, raw.p99),
  };
}
