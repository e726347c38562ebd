import { expect, test } from 'vitest';
import { dissectSzy206 } from '../../../src/wire/protocols/szy206/dissector.ts';
import { type Szy206Frame, szy206Framer } from '../../../src/wire/protocols/szy206/framer.ts';
import { framesOf, hex, hexOf, joined, proveFramer } from './framer-proof.ts';

// Of the standard, or from the field; the sum of each was recomputed.
const FLOW = '681A68B35303810D00C00059000000826110000001106000004508090A3516';

const one = (bytes: Uint8Array): Szy206Frame => framesOf(szy206Framer().push(bytes))[0] as Szy206Frame;

test('a report of flow, its month the one that puts it nearest before its receipt', () => {
  const frame = one(hex(FLOW));
  const at = (received: number) => dissectSzy206(frame, received)?.at;
  expect(dissectSzy206(frame, Date.UTC(2026, 7, 9, 9))).toEqual({
    station: '530381-0D00',
    command: 'C0',
    at: Date.UTC(2026, 7, 9, 8, 45),
    items: [
      { code: 'flow', raw: 5.9, valid: true, flag: null },
      { code: 'total', raw: 106_182, valid: true, flag: null },
      { code: 'state', raw: 0x00601001, valid: true, flag: null },
    ],
  });
  expect(at(Date.UTC(2026, 7, 8, 9))).toBe(Date.UTC(2026, 6, 9, 8, 45));
  expect(at(Date.UTC(2026, 0, 1))).toBe(Date.UTC(2025, 11, 9, 8, 45));
});

test('what of the standard was not read is not guessed at', () => {
  const frame = one(hex(FLOW));
  expect(dissectSzy206({ ...frame, afn: 0x02 }, 0)).toBeNull();
  expect(dissectSzy206({ ...frame, control: 0xb1 }, 0)).toBeNull();
});

test('no change of one byte makes another reading', () => {
  const other = hex(FLOW);
  const { flips, wrong } = proveFramer({
    framer: szy206Framer,
    good: other,
    other,
    longest: 260,
    says: (f) => [f.station, f.afn, hexOf(f.data)],
    marks: hex('68FF68B35303'),
    everyValue: true,
  });
  console.log(`SZY206: ${flips} changes of one byte, ${wrong} wrong readings`);
  expect(wrong).toBe(0);
});

test('a length of FF does not hide the frame behind it', () => {
  const lying = hex(FLOW);
  lying[1] = 0xff;
  expect(framesOf(szy206Framer().push(joined(lying, hex(FLOW))))).toHaveLength(1);
});
