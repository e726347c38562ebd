import { describe, expect, test } from 'vitest';
import { hearSl651, SL651_NEW } from '../../../src/wire/protocols/sl651/dialogue.ts';
import { dissectSl651 } from '../../../src/wire/protocols/sl651/dissector.ts';
import { type Sl651Frame, SYN, sl651Bytes, sl651Framer } from '../../../src/wire/protocols/sl651/framer.ts';
import { ascii, framesOf, hex, hexOf, joined, proveFramer } from './framer-proof.ts';

// Of the standard, or from the field; the sum of each was recomputed.
const TEST_30 =
  '7E7E010012345678123430002B020003591011154947F1F1001234567848F0F0591011154920190000052619000005392300000127381211150320FA';
const TIMED_32 =
  '7E7E010010100001A00032002B02000C200724172349F1F1001010000148F0F020072417232019000130221900004039230000055038121268038397';
const HOUR_34 =
  '7E7E0100123456781234340048020011260801090005F1F1001234567850F0F02608010805F460000000020A190CFF000000002619001234F5C0012D012D012D012D012D012D012D012D012D012D012DFFFF381212360305A7';
const EXTRA_33 =
  '7E7E0100123456781234330022020012260801091500F1F1001234567844F0F02608010915392BFF000002153812123003E8DD';
const ALIVE_2F = '7E7E01001234567812342F0008020003591011155111036BCA';
const ASCII_32 =
  '\x01010010100001A000320046\x021234240109160128ST 0010100001 H TT 2401091601 PJ 3.5 Z 12.34 VT 12.68 \x03AC6A';

const one = (bytes: Uint8Array): Sl651Frame => {
  const frames = framesOf(sl651Framer().push(bytes));
  expect(frames).toHaveLength(1);
  return frames[0] as Sl651Frame;
};
const BEIJING = 8 * 3_600_000;
/** By station and wall time. */
const values = (bytes: Uint8Array) => {
  const all: [string, string | null, Record<string, unknown>][] = [];
  const said = dissectSl651(one(bytes));
  if (said === null) return null;
  for (const { station, items } of said)
    for (const { code, raw, valid, at } of items) {
      const wall = at == null ? null : new Date(at).toISOString().slice(0, 16);
      const last = all.at(-1);
      if (last?.[0] === station && last[1] === wall && !(code in last[2])) last[2][code] = valid ? raw : null;
      else all.push([station, wall, { [code]: valid ? raw : null }]);
    }
  return all;
};
const hear = (bytes: Uint8Array, memory = SL651_NEW) => hearSl651(memory, one(bytes), 0);

describe('the frames of the standard, byte for byte', () => {
  test('30H, and both answers as they were seen', () => {
    expect(values(hex(TEST_30))).toEqual([
      ['0012345678', '2059-10-11T15:49', { '20': 0.5, '26': 0.5, '39': 0.127, '38': 11.15 }],
    ]);
    const said = hear(hex(TEST_30));
    expect(said.kind).toBe('test');
    expect(said.serial).toBe(3);
    const now = Date.UTC(2059, 9, 11, 15, 49, 47) - BEIJING;
    expect(hexOf(said.answerWhenKept?.({ now, offset: BEIJING }))).toBe(
      '7E7E00123456780112343080080200035910111549471B75D4',
    );
    expect(hexOf(said.answerWhenKept?.({ now, offset: BEIJING, mayRest: true }))).toBe(
      '7E7E001234567801123430800802000359101115494704BD95',
    );
  });

  test('32H: what was measured at 17:23 Beijing time', () => {
    expect(values(hex(TIMED_32))).toEqual([
      ['0010100001', '2020-07-24T17:23', { '20': 13, '22': 4, '39': 0.55, '38': 12.68 }],
    ]);
    expect(hear(hex(TIMED_32)).kind).toBe('report');
  });

  test('34H: twelve sums of rain and twelve relative levels, each with its own time', () => {
    const all = values(hex(HOUR_34)) ?? [];
    const at = (minutes: number) => new Date(Date.UTC(2026, 7, 1, 8, 5 + minutes)).toISOString().slice(0, 16);
    const rain = [0, 0, 0, 0.2, 1, 2.5, 1.2, null, 0, 0, 0, 0];
    expect(all.slice(0, 12)).toEqual(rain.map((v, i) => ['0012345678', at(5 * i), { F4: v }]));
    const level = [...new Array(11).fill(3.01), null];
    expect(all.slice(12)).toEqual(
      level.map((v, i) => [
        '0012345678',
        at(5 * i),
        i < 11 ? { F5: v } : { F5: v, '26': 123.4, '38': 12.36 },
      ]),
    );
  });

  test('33H: FF in front is a minus', () => {
    expect(values(hex(EXTRA_33))).toEqual([['0012345678', '2026-08-01T09:15', { '39': -0.215, '38': 12.3 }]]);
  });

  test('2FH is the line alone, and has no answer', () => {
    const said = hear(hex(ALIVE_2F));
    expect(said).toMatchObject({ kind: 'keep-alive', answerWhenKept: null, answerNow: null });
  });

  test('ASCII says the same codes', () => {
    expect(values(ascii(ASCII_32))).toEqual([
      ['0010100001', '2024-01-09T16:01', { '20': 3.5, '39': 12.34, '38': 12.68 }],
    ]);
    const answer = hear(ascii(ASCII_32)).answerWhenKept?.({
      now: Date.UTC(2024, 0, 9, 8, 1, 30),
      offset: BEIJING,
    });
    const shown = Buffer.from(answer ?? [])
      .toString('latin1')
      .replace(/[^ -~]/g, '.');
    expect(shown).toMatch(/^.001010000101A000328010.1234240109160130.[0-9A-F]{4}$/);
    expect(framesOf(sl651Framer('down').push(answer ?? new Uint8Array()))).toMatchObject([
      { station: '0010100001' },
    ]);
  });

  test.each([TEST_30, TIMED_32, HOUR_34, EXTRA_33, ALIVE_2F])('%# is written as it was read', (text) => {
    expect(hexOf(sl651Bytes(one(hex(text))))).toBe(text);
  });
});

describe('what the frames do not show', () => {
  const report = (fn: number, rest: string, part: Sl651Frame['part'] = null, end = 0x03) =>
    sl651Bytes({
      form: 'hex',
      direction: 'up',
      centre: 1,
      station: '0012345678',
      password: '1234',
      fn,
      part,
      text: hex(rest),
      end,
    });

  test('31H: equal steps of one element, a missing one, and the voltage that closes it', () => {
    const frame = report(
      0x31,
      `0021260801090005F1F1001234567848F0F02608010900 041800000539230000012700000128FFFFFFFF00000130 38121236`,
    );
    expect(values(frame)).toEqual([
      ...[0.127, 0.128, null, 0.13].map((v, i) => [
        '0012345678',
        new Date(Date.UTC(2026, 7, 1, 9, 5 * i)).toISOString().slice(0, 16),
        i < 3 ? { '39': v } : { '39': v, '38': 12.36 },
      ]),
    ]);
  });

  test('several stations in one text, each with its own values', () => {
    const frame = report(
      0x32,
      '0022260801090005F1F1001234567848F0F0260801090039230000012738121236F1F1001234567948F0F02608010901392300000999',
    );
    expect(values(frame)).toEqual([
      ['0012345678', '2026-08-01T09:00', { '39': 0.127, '38': 12.36 }],
      ['0012345679', '2026-08-01T09:01', { '39': 0.999 }],
    ]);
  });

  test('a private guide has two bytes, the state word is bits, and all F is no value', () => {
    const frame = report(
      0x32,
      '0023260801090005F1F1001234567848F0F02608010900FF0119012345452000000040 3923FFFFFFFF',
    );
    expect(values(frame)).toEqual([
      ['0012345678', '2026-08-01T09:00', { FF01: 1234.5, '45': 0x40, '39': null }],
    ]);
  });

  test('a text that breaks off is none', () => {
    expect(
      dissectSl651(one(report(0x32, '0023260801090005F1F1001234567848F0F026080109003923000001'))),
    ).toBeNull();
    expect(dissectSl651(one(report(0x32, '0023')))).toBeNull();
  });

  test('a frame that is sent again is known, and answered again', () => {
    const first = hear(hex(TIMED_32));
    const again = hear(hex(TIMED_32), first.memory);
    expect(first.isAgain).toBe(false);
    expect(again.isAgain).toBe(true);
    expect(again.answerWhenKept).not.toBeNull();
  });

  test('an ETB frame is answered with ACK', () => {
    const said = hear(report(0x32, '0024260801090005F1F1001234567848F0F02608010900392300000127', null, 0x17));
    expect(
      framesOf(sl651Framer('down').push(said.answerWhenKept?.({ now: 0, offset: 0 }) as Uint8Array)),
    ).toMatchObject([{ end: 0x06 }]);
  });

  describe('M3: one text in several packets', () => {
    const whole = '0025260801090005F1F1001234567848F0F0260801090039230000012738121236';
    const pieces = [whole.slice(0, 24), whole.slice(24, 40), whole.slice(40)];
    const packet = (n: number) =>
      one(report(0x32, pieces[n - 1] as string, { of: 3, number: n }, n < 3 ? 0x17 : 0x03));

    test('is answered once, for all', () => {
      let memory = SL651_NEW;
      for (const n of [1, 2]) {
        const said = hearSl651(memory, packet(n), 0);
        expect(said).toMatchObject({ kind: 'part', answerWhenKept: null, answerNow: null });
        memory = said.memory;
      }
      const said = hearSl651(memory, packet(3), 0);
      expect(said.kind).toBe('report');
      expect(dissectSl651(said.whole)?.[0]?.items.map((i) => i.raw)).toEqual([0.127, 12.36]);
      const [answer] = framesOf(
        sl651Framer('down').push(said.answerWhenKept?.({ now: 0, offset: 0 }) as Uint8Array),
      );
      expect(answer).toMatchObject({ part: { of: 3, number: 3 }, end: 0x1b });
      expect(answer?.text.slice(0, 2)).toEqual(hex('0025'));
    });

    test('asks for the one that is missing, and takes it', () => {
      let { memory } = hearSl651(SL651_NEW, packet(1), 0);
      const last = hearSl651(memory, packet(3), 0);
      const [nak] = framesOf(sl651Framer('down').push(last.answerNow?.({ now: 0, offset: 0 }) as Uint8Array));
      expect(nak).toMatchObject({ end: 0x15, part: { of: 3, number: 2 } });
      ({ memory } = hearSl651(last.memory, packet(2), 0));
      const done = hearSl651(memory, packet(3), 0);
      expect(done.kind).toBe('report');
    });

    test('reads both ways of counting the part numbers', () => {
      const bytes = report(0x32, pieces[0] as string, { of: 3, number: 1 }, 0x17);
      expect(bytes[13]).toBe(SYN);
      const counted = bytes.slice(0, -2);
      counted[12] = (counted[12] as number) + 3;
      const crc = sumOf(counted);
      const frames = framesOf(sl651Framer().push(Uint8Array.of(...counted, crc >> 8, crc & 255)));
      expect(frames).toMatchObject([{ part: { of: 3, number: 1 }, text: hex(pieces[0] as string) }]);
    });
  });

  test('a frame of the centre is none of a station', () => {
    const pieces = sl651Framer().push(hex('7E7E00123456780112343080080200035910111549471B75D4'));
    expect(pieces).toMatchObject([{ flaw: 'wrong-direction' }]);
  });
});

function sumOf(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (const b of bytes) {
    crc ^= b;
    for (let k = 0; k < 8; k++) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  }
  return crc;
}

describe('whatever the line does to it', () => {
  const says = (f: Sl651Frame) => [f.station, f.fn, hexOf(f.text), dissectSl651(f)];

  test('HEX: no flipped bit makes another reading', () => {
    const { flips, wrong } = proveFramer({
      framer: () => sl651Framer(),
      good: hex(TIMED_32),
      other: hex(HOUR_34),
      longest: 4_200,
      says,
      marks: hex('7E7E010010100001A000320FFF02'),
    });
    console.log(`SL 651 HEX: ${flips} flips, ${wrong} wrong readings`);
    expect(wrong).toBe(0);
  });

  test('ASCII: neither', () => {
    const { flips, wrong } = proveFramer({
      framer: () => sl651Framer(),
      good: ascii(ASCII_32),
      other: hex(HOUR_34),
      longest: 4_200,
      says,
      marks: ascii('\x01010010100001A000320FFF\x02'),
    });
    console.log(`SL 651 ASCII: ${flips} flips, ${wrong} wrong readings`);
    expect(wrong).toBe(0);
  });

  test('a length that lies does not hide the frame behind it', () => {
    const lying = hex(TIMED_32);
    lying[11] = 0x0f;
    lying[12] = 0xff;
    const pieces = sl651Framer().push(joined(lying, hex(HOUR_34)));
    expect(framesOf(pieces).map((f) => f.fn)).toEqual([0x34]);
    expect(pieces[0]).toMatchObject({ flaw: 'cut-short' });
  });
});
