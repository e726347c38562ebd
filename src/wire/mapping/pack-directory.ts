import { as } from '../../domain/ids.ts';
import { faultCodesOf } from '../../domain/judge/fault-codes.ts';
import type { Pack } from '../../domain/pack.ts';
import type { DeviceDirectory } from './mapped.ts';

/** A register that is only said: devices by their lifelines, with the metrics of these packs. For cases. */
export const packDirectory =
  (packs: readonly Pack[]) =>
  (register: Readonly<Record<string, string>>): DeviceDirectory =>
  (device) => {
    const pack = packs.find((p) => p.lifeline === register[device]);
    if (pack === undefined) return undefined;
    return {
      lifeline: pack.lifeline,
      metric: (key) => {
        const metric = pack.metrics.find((m) => m.key === as.metric(key));
        return metric === undefined ? undefined : { metric, codes: faultCodesOf(metric, pack.rules) };
      },
    };
  };

/** Whether a lifeline, or any of them, has a metric. */
export const metricOf =
  (packs: readonly Pack[]) =>
  (lifeline: string | null, key: string): boolean =>
    packs.some(
      (p) =>
        (lifeline === null || p.lifeline === lifeline) && p.metrics.some((m) => (m.key as string) === key),
    );
