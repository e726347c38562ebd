import {
  GB_CONFIRM,
  GB_SEND,
  gb26875Bytes,
  gb26875Framer,
  gbTimeBytes,
} from '../../src/wire/protocols/gb26875/framer.ts';
import { isFrame } from '../../src/wire/protocols/stream.ts';
import type { Speech } from './speech.ts';

const BEIJING = 8 * 3_600_000;
const CENTRE = '0B0A09080706';
/** Analogues of the maker's own types, 128 and on, one a metric: raw as they are. */
const FIRST_TYPE = 128;

/** A fire alarm transmitter that sends what its parts measure, each with its serial. */
export function gb26875Speech(metrics: readonly string[]): Speech {
  return {
    station: (n) => `${String(n).padStart(12, '0')}-1-0-1-0`,
    report(station, n, { at, values }) {
      const source = station.slice(0, 12);
      const time = gbTimeBytes(at, BEIJING);
      const objects = Object.entries(values).flatMap(([metric, value]) => {
        const raw = Math.round(value ?? 0) & 0xffff;
        return [1, 0, 40, 1, 0, 0, 0, FIRST_TYPE + metrics.indexOf(metric), raw & 0xff, raw >> 8, ...time];
      });
      const bytes = gb26875Bytes({
        serial: n & 0xffff,
        version: [1, 0],
        time,
        source,
        destination: CENTRE,
        command: GB_SEND,
        data: Uint8Array.of(3, Object.keys(values).length, ...objects),
      });
      return { bytes, key: `${source}/${n & 0xffff}` };
    },
    listener() {
      const framer = gb26875Framer();
      return (chunk) =>
        framer
          .push(chunk)
          .filter(isFrame)
          .flatMap(({ frame }) =>
            frame.command === GB_CONFIRM ? [`${frame.destination}/${frame.serial}`] : [],
          );
    },
    mapping: (devices, used) => ({
      name: 'gb26875-simulated',
      protocol: 'gb26875',
      station: { device: 'table', table: Object.fromEntries(devices) },
      take: used.map((metric) => ({ code: `3/${FIRST_TYPE + metrics.indexOf(metric)}`, metric })),
    }),
  };
}
