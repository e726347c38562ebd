import { hj212Bytes, hj212Framer } from '../../src/wire/protocols/hj212/framer.ts';
import { compactWall } from '../../src/wire/protocols/local-time.ts';
import { isFrame } from '../../src/wire/protocols/stream.ts';
import type { Speech } from './speech.ts';

const BEIJING = 8 * 3_600_000;
/** Version 2017, wants an answer. */
const FLAG = 5;
const MILLIS = 1_000;

/** A data logger at an outfall or an air station: real-time data (2011), each with its QN. */
export const hj212Speech = (): Speech => ({
  station: (n) => `SIM${String(n).padStart(11, '0')}`,
  report(station, n, { at, values }) {
    const time = `20${compactWall(at, BEIJING)}`;
    // The last three digits tell requests of one second apart.
    const qn = `${time}${String(n % MILLIS).padStart(3, '0')}`;
    const items = Object.entries(values).map(([metric, value]) =>
      value === null ? `${metric}-Rtd=0,${metric}-Flag=D` : `${metric}-Rtd=${value},${metric}-Flag=N`,
    );
    const cp = [`DataTime=${time}`, ...items].join(';');
    const bytes = hj212Bytes({ qn, st: '32', cn: '2011', pw: '123456', mn: station, flag: FLAG, cp });
    return { bytes, key: `${station}/${qn}` };
  },
  listener() {
    const framer = hj212Framer();
    return (chunk) =>
      framer
        .push(chunk)
        .filter(isFrame)
        .flatMap(({ frame }) => (frame.cn === '9014' ? [`${frame.mn}/${frame.qn}`] : []));
  },
  mapping: (devices, used) => ({
    name: 'hj212-simulated',
    protocol: 'hj212',
    station: { device: 'table', table: Object.fromEntries(devices) },
    take: used.map((metric) => ({ code: metric, field: 'Rtd', metric })),
    flags: { N: 'good', D: 'bad:fault' },
  }),
});
