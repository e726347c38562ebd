import { as } from '../../src/domain/ids.ts';
import { faultCodesOf } from '../../src/domain/judge/fault-codes.ts';
import { PACKS } from '../../src/packs/index.ts';
import type { DeviceDirectory } from '../../src/wire/mapping/mapped.ts';

/** Devices of ours by their lifelines, with the metrics of the packs. */
export const directoryOf =
  (register: Readonly<Record<string, string>>): DeviceDirectory =>
  (device) => {
    const pack = PACKS.find((p) => p.lifeline === register[device]);
    if (pack === undefined) return undefined;
    return {
      lifeline: pack.lifeline,
      metric: (key) => {
        const metric = pack.metrics.find((m) => m.key === as.metric(key));
        return metric === undefined ? undefined : { metric, codes: faultCodesOf(metric, pack.rules) };
      },
    };
  };
