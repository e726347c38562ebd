import { describe, expect, test } from 'vitest';
import {
  denyGb26875,
  endedByReset,
  GB26875_NEW,
  hearGb26875,
} from '../../../src/wire/protocols/gb26875/dialogue.ts';
import { dissectGb26875, partName } from '../../../src/wire/protocols/gb26875/dissector.ts';
import {
  type Gb26875Frame,
  gb26875Bytes,
  gb26875Framer,
} from '../../../src/wire/protocols/gb26875/framer.ts';
import { framesOf, hex, hexOf, joined, proveFramer } from './framer-proof.ts';

// Of the standard, or from the field; the sum of each was recomputed.
const FIRE =
  '404000000101180d11160a140000000000000605040302013000020201010300d90006000200a3c1c7f8a3b1b2e3dfc8b2b8d7dfc0c8000000000000000000000000000000301213010814682323';
const SMOKE =
  '404011000100051e0901081a0605040302010b0a09080706300002020101002803000200030033c2a5d7dfc0c8000000000000000000000000000000000000000000000000051e0901081a362323';
const SMOKE_CONFIRM = '404011000100051e0901081a0b0a09080706060504030201000003ac2323';
const TANK =
  '404012000100051e0901081a0605040302010b0a0908070612000203010b005c01000000040400051e0901081a812323';
const BEIJING = 8 * 3_600_000;

const one = (bytes: Uint8Array): Gb26875Frame => {
  const frames = framesOf(gb26875Framer().push(bytes));
  expect(frames).toHaveLength(1);
  return frames[0] as Gb26875Frame;
};

describe('the frames of the standard, byte for byte', () => {
  test('a part that burns, with its own time and name', () => {
    const frame = one(hex(FIRE));
    expect(frame.version).toEqual([1, 1]);
    expect(frame.at).toBe(Date.UTC(2020, 9, 22, 17, 13, 24));
    expect(dissectGb26875(frame)).toEqual([
      {
        station: '000000000000-1-3-217-6',
        command: '2',
        at: frame.at,
        items: [
          {
            code: '2/0',
            raw: 2,
            valid: true,
            flag: 'T',
            at: Date.UTC(2020, 7, 1, 19, 18, 48),
          },
        ],
      },
    ]);
    expect(partName(frame.data.subarray(2))).toBe('Ａ区１层呷哺走廊');
  });

  test('smoke, and the confirm that stops its repeats', () => {
    const frame = one(hex(SMOKE));
    expect(dissectGb26875(frame)).toMatchObject([
      { station: '010203040506-1-0-3-2', items: [{ code: '2/40', raw: 3, flag: null }] },
    ]);
    expect(partName(frame.data.subarray(2))).toBe('3楼走廊');
    const now = Date.UTC(2026, 7, 1, 9, 30, 5) - BEIJING;
    const said = hearGb26875(GB26875_NEW, frame);
    expect(hexOf(said.answerWhenKept?.(now, BEIJING))).toBe(SMOKE_CONFIRM.toUpperCase());
    expect(one(hex(SMOKE_CONFIRM))).toMatchObject({ command: 3, serial: 17 });
  });

  test('0.4 MPa at a tank', () => {
    expect(dissectGb26875(one(hex(TANK)))).toMatchObject([
      { station: '010203040506-11-0-1-0', items: [{ code: '3/4', raw: 0.4 }] },
    ]);
  });
});

describe('what the frames do not show', () => {
  const send = (data: string, serial = 1) =>
    gb26875Bytes({
      serial,
      version: [1, 0],
      time: hex('051e0901081a'),
      source: '010203040506',
      destination: '060708090A0B',
      command: 2,
      data: hex(data),
    });
  const part = (state: string) => `010128 03000200 ${state} ${'00'.repeat(31)}`;
  const time = '051e0901081a';

  test('our clock, doubted, sets nobody’s: zeros', () => {
    const answer = hearGb26875(GB26875_NEW, one(hex(SMOKE))).answerWhenKept?.(null, BEIJING);
    expect(one(answer as Uint8Array).at).toBeNull();
  });

  test('several objects with one time, each with its own, and with none', () => {
    for (const data of [
      `0202${part('0300')}${part('0100')}${time}`,
      `0202${part('0300')}${time}${part('0100')}${time}`,
      `0202${part('0300')}${part('0100')}`,
    ])
      expect(dissectGb26875(one(send(data)))?.flatMap((d) => d.items.map((i) => i.raw))).toEqual([3, 1]);
    expect(dissectGb26875(one(send(`0203${part('0300')}${time}`)))).toBeNull();
  });

  test('a part under test says so', () => {
    expect(dissectGb26875(one(send(`0201${part('0200')}${time}`)))?.[0]?.items[0]).toMatchObject({
      raw: 2,
      flag: 'T',
    });
  });

  test('the reset of a system ends the fire of its parts, and of no others', () => {
    let memory = GB26875_NEW;
    const hear = (data: string) => {
      const said = dissectGb26875(one(send(data)));
      const done = endedByReset(memory, said as NonNullable<typeof said>);
      memory = done.memory;
      return done.said.flatMap(({ station, items }) => items.map(({ code, raw }) => [station, code, raw]));
    };
    hear(`0201${part('0300')}${time}`);
    hear(`0201 010228 04000200 0300 ${'00'.repeat(31)}${time}`);
    expect(hear(`0101 0101 0120 ${time}`)).toEqual([
      ['010203040506', '1/1', 0x2001],
      ['010203040506-1-1-3-2', '2/40', 1],
    ]);
    expect(memory.burning.size).toBe(1);
  });

  test('sent again it is known and confirmed again; a bad one is denied', () => {
    const first = hearGb26875(GB26875_NEW, one(hex(SMOKE)));
    expect(hearGb26875(first.memory, one(hex(SMOKE)))).toMatchObject({ isAgain: true });
    expect(one(denyGb26875(one(hex(SMOKE)), 0, 0))).toMatchObject({ command: 6, serial: 17 });
  });
});

describe('whatever the line does to it', () => {
  test('the sum of bytes shows every change of one', () => {
    const { flips, wrong } = proveFramer({
      framer: gb26875Framer,
      good: hex(SMOKE),
      other: hex(TANK),
      longest: 1_060,
      says: (f) => [f.source, f.serial, f.command, hexOf(f.data), dissectGb26875(f)],
      marks: hex('404011000100051e0901081a0605040302010b0a09080706ff0302'),
      everyValue: true,
    });
    console.log(`GB/T 26875.3: ${flips} changes of one byte, ${wrong} wrong readings`);
    expect(wrong).toBe(0);
  });

  test.each(['ffff', '0004'])('a length of %s does not hide the frame behind it', (length) => {
    const lying = hex(SMOKE);
    lying.set(hex(length), 24);
    expect(framesOf(gb26875Framer().push(joined(lying, hex(TANK)))).map((f) => f.serial)).toEqual([18]);
  });

  test('marks inside are no beginning', () => {
    const inside = gb26875Bytes({
      serial: 0x4040,
      version: [1, 0],
      time: hex('051e0901081a'),
      source: '404040404040',
      destination: '232323232323',
      command: 2,
      data: hex('0201010128030002000300 23234040 2323 4040'.padEnd(80, '4')),
    });
    expect(framesOf(gb26875Framer().push(joined(inside, hex(TANK)))).map((f) => f.serial)).toEqual([
      0x4040, 18,
    ]);
  });
});

test('what a socket brings is copied: its memory is written over', () => {
  const pool = Buffer.from(joined(hex(SMOKE), hex(TANK)));
  const before = Buffer.from(pool);
  const frames = framesOf(gb26875Framer().push(pool));
  expect(pool).toEqual(before);
  pool.fill(0);
  expect(frames.map((f) => [f.source, dissectGb26875(f)?.length])).toEqual([
    ['010203040506', 1],
    ['010203040506', 1],
  ]);
});
