import type { Child } from './child.ts';
import { load } from './load.ts';
import type { Options } from './options.ts';

export type Soak = {
  readonly minutes: number;
  readonly perSecond: number;
  readonly rssMiBAtMinute2: number | null;
  readonly rssMiBAtEnd: number | null;
  readonly ratio: number | null;
  /** Every half minute. */
  readonly samples: readonly { readonly minute: number; readonly rssMiB: number }[];
};

/** QoS 1 load for a long time: memory at its end against memory after two minutes. */
export async function soak(
  service: Child,
  minutes: number,
  o: Options,
  say: (line: string) => void,
): Promise<Soak> {
  const samples: { minute: number; rssMiB: number }[] = [];
  let nextAt = 30_000;
  const figure = await load(
    service,
    {
      label: 'soak',
      connections: o.connections,
      devicesPerConnection: o.devices,
      window: o.window,
      qos: 1,
      seconds: minutes * 60,
      rate: o.soakRate,
    },
    {
      beats: (sinceStartMs) => {
        if (sinceStartMs < nextAt) return;
        const minute = nextAt / 60_000;
        nextAt += 30_000;
        void service.rssMiB().then((rssMiB) => {
          if (rssMiB === null) return;
          samples.push({ minute, rssMiB });
          say(`minute ${minute.toFixed(1).padStart(5)}   RSS ${rssMiB.toFixed(0)} MiB`);
        });
      },
    },
  );
  if (figure.rssMiB !== null) samples.push({ minute: minutes, rssMiB: figure.rssMiB });
  const early = samples.find((s) => s.minute === 2)?.rssMiB ?? null;
  const late = samples.at(-1)?.rssMiB ?? null;
  return {
    minutes,
    perSecond: figure.perSecond,
    rssMiBAtMinute2: early,
    rssMiBAtEnd: late,
    ratio: early === null || late === null ? null : late / early,
    samples,
  };
}
