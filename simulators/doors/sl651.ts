import { fromHex, toHex } from '../../src/wire/protocols/bytes.ts';
import { compactWall } from '../../src/wire/protocols/local-time.ts';
import { serialOf } from '../../src/wire/protocols/sl651/dialogue.ts';
import { sl651Bytes, sl651Framer } from '../../src/wire/protocols/sl651/framer.ts';
import { isFrame } from '../../src/wire/protocols/stream.ts';
import type { Speech } from './speech.ts';

const BEIJING = 8 * 3_600_000;
const TIMED_REPORT = 0x32;
/** Five bytes and three decimals: private two-byte guides (FF10 …), one a metric. */
const DEFINITION = (5 << 3) | 3;

/** A hydrological station: timed reports (32H), each with its serial, observed on the whole minute as the standard has it. */
export function sl651Speech(metrics: readonly string[]): Speech {
  const guideOf = new Map(metrics.map((metric, i) => [metric, `FF${toHex(Uint8Array.of(0x10 + i))}`]));
  return {
    station: (n) => String(n).padStart(10, '0'),
    report(station, n, { at, values }) {
      const serial = (n % 65_535) + 1;
      const time = compactWall(at, BEIJING);
      let text = `${hex16(serial)}${time}F1F1${station}48F0F0${time.slice(0, 10)}`;
      for (const [metric, value] of Object.entries(values)) {
        const guide = guideOf.get(metric);
        if (guide !== undefined) text += `${guide}${toHex(Uint8Array.of(DEFINITION))}${digits(value)}`;
      }
      const bytes = sl651Bytes({
        form: 'hex',
        direction: 'up',
        centre: 1,
        station,
        password: '1234',
        fn: TIMED_REPORT,
        part: null,
        text: fromHex(text) as Uint8Array,
        end: 0x03,
      });
      return { bytes, key: `${station}/${serial}` };
    },
    listener() {
      const framer = sl651Framer('down');
      return (chunk) =>
        framer
          .push(chunk)
          .filter(isFrame)
          .map(({ frame }) => `${frame.station}/${serialOf(frame)}`);
    },
    mapping: (devices, used) => ({
      name: 'sl651-simulated',
      protocol: 'sl651',
      station: { device: 'table', table: Object.fromEntries(devices) },
      take: used.map((metric) => ({ code: guideOf.get(metric), metric })),
    }),
  };
}

const hex16 = (n: number): string => n.toString(16).toUpperCase().padStart(4, '0');

function digits(value: number | null): string {
  if (value === null) return 'FFFFFFFFFF';
  const thousandths = String(Math.round(Math.abs(value) * 1_000));
  return value < 0 ? `FF${thousandths.padStart(8, '0')}` : thousandths.padStart(10, '0');
}
