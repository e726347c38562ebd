import { createCipheriv, createDecipheriv } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { HJ212_NEW, hearHj212, unsealed } from '../../../src/wire/protocols/hj212/dialogue.ts';
import { dissectHj212 } from '../../../src/wire/protocols/hj212/dissector.ts';
import { type Hj212Frame, hj212Bytes, hj212Framer } from '../../../src/wire/protocols/hj212/framer.ts';
import { hjCrc, modbusCrc } from '../../../src/wire/protocols/sums.ts';
import { ascii, framesOf, hexOf, joined, noise, proveFramer } from './framer-proof.ts';

// Of the standard, or from the field; the sum of each was recomputed.
const A1 =
  '##0087QN=20240601085857223;ST=32;CN=1011;PW=123456;MN=010000A8900016F000169DC0;Flag=9;CP=&&&&2200\r\n';
const SAMPLE =
  '##0101QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&1C80\r\n';
const FIELD =
  '##0435QN=20210301111100112;ST=21;CN=2011;PW=123456;MN=ZLDSZ20210127;Flag=8;CP=&&DataTime=20210301111100;w01001-Rtd=8.33,w01001-Flag=N;w01009-Rtd=10.15,w01009-Flag=N;w01010-Rtd=9.7,w01010-Flag=N;w01014-Rtd=1425,w01014-Flag=N;w01003-Rtd=13.10,w01003-Flag=N;w21011-Rtd=0,w21011-Flag=N;w21001-Rtd=3.563168,w21001-Flag=N;w21003-Rtd=0.09055002,w21003-Flag=N;w01019-Rtd=4.102818,w01019-Flag=N;w01008-Rtd=0,w01008-Flag=N;w23002-Rtd=0,w23002-Flag=N&&7d00\r\n';
const OUTFALL =
  '##0230QN=20260801085857223;ST=32;CN=2011;PW=123456;MN=010000A8900016F000169DC0;Flag=5;CP=&&DataTime=20260801085800;w01018-Rtd=36.2,w01018-Flag=N;w21003-Rtd=1.52,w21003-Flag=N;w01001-Rtd=7.36,w01001-Flag=N;w00000-Rtd=21.5,w00000-Flag=D&&1100\r\n';
const BEAT =
  '##0087QN=20260801090030000;ST=91;CN=9015;PW=123456;MN=010000A8900016F000169DC0;Flag=9;CP=&&&&EDC1\r\n';

const one = (text: string): Hj212Frame => {
  const frames = framesOf(hj212Framer().push(ascii(text)));
  expect(frames).toHaveLength(1);
  return frames[0] as Hj212Frame;
};
const text = (bytes: Uint8Array | null) => Buffer.from(bytes ?? []).toString('latin1');
const hear = (frame: string) => hearHj212(HJ212_NEW, one(frame), 0);
const values = (frame: Hj212Frame) =>
  Object.fromEntries((dissectHj212(frame)?.items ?? []).map((i) => [`${i.code}-${i.field}`, i.raw]));

describe('the frames of the standard and of the field, byte for byte', () => {
  test.each([A1, SAMPLE, FIELD, OUTFALL, BEAT])('%# has the sum of HJ 212', (frame) => {
    expect(one(frame).sum).toBe('hj');
  });

  test('the sum of Modbus would be another', () => {
    const data = ascii(SAMPLE.slice(6, -6));
    expect([hjCrc(data), modbusCrc(data)].map((n) => n.toString(16))).toEqual(['1c80', '759']);
  });

  test('from the field: no answer is wanted', () => {
    expect(values(one(FIELD))).toMatchObject({
      'w01001-Rtd': 8.33,
      'w01009-Rtd': 10.15,
      'w01014-Rtd': 1425,
      'w21003-Rtd': 0.09055002,
    });
    expect(dissectHj212(one(FIELD))).toMatchObject({
      station: 'ZLDSZ20210127',
      command: '2011',
      at: Date.UTC(2021, 2, 1, 11, 11),
    });
    expect(hear(FIELD)).toMatchObject({ kind: 'report', answerWhenKept: null, answerNow: null });
  });

  test('an outfall, its flow meter broken, and the answer 9014', () => {
    const said = dissectHj212(one(OUTFALL));
    expect(said?.at).toBe(Date.UTC(2026, 7, 1, 8, 58));
    expect(said?.items).toEqual([
      { code: 'w01018', field: 'Rtd', raw: 36.2, valid: true, flag: 'N' },
      { code: 'w21003', field: 'Rtd', raw: 1.52, valid: true, flag: 'N' },
      { code: 'w01001', field: 'Rtd', raw: 7.36, valid: true, flag: 'N' },
      { code: 'w00000', field: 'Rtd', raw: 21.5, valid: true, flag: 'D' },
    ]);
    expect(text(hear(OUTFALL).answerWhenKept)).toBe(
      '##0087QN=20260801085857223;ST=91;CN=9014;PW=123456;MN=010000A8900016F000169DC0;Flag=4;CP=&&&&F281\r\n',
    );
  });

  test('the heartbeat of 2025 is answered 9013', () => {
    const said = hear(BEAT);
    expect(said.kind).toBe('heartbeat');
    expect(text(said.answerNow)).toBe(
      '##0087QN=20260801090030000;ST=91;CN=9013;PW=123456;MN=010000A8900016F000169DC0;Flag=8;CP=&&&&30C0\r\n',
    );
  });
});

describe('sealed by SM4 (2025)', () => {
  const key = Buffer.alloc(16, 0x30);
  const unseal = (blocks: Uint8Array): Uint8Array => {
    const d = createDecipheriv('sm4-ecb', key, null).setAutoPadding(false);
    return new Uint8Array(Buffer.concat([d.update(blocks), d.final()]));
  };
  const cp = 'DataTime=20260801085800;w01018-Rtd=36.2,w01018-Flag=N';
  const block =
    'E866FB1E00A16EB5786111E0AF4A8A1130F6386B22698A55870F61E3399653E912BF3F7177057F777BB075AB58BA7E91';
  const sealedText = `{${(block.match(/../g) ?? []).map((b) => `0x${b}`).join(',')}}lag=N`;
  const head = 'QN=20260801085857223;ST=32;CN=2011;PW=123456;MN=010000A8900016F000169DC0;Flag=9;CP=&&';
  // The standard prints the plain length over a text that is five times longer.
  const packet = `##0140${head}${sealedText}&&17C0\r\n`;

  test('the vector of GB/T 32907', () => {
    const vector = Buffer.from('0123456789abcdeffedcba9876543210', 'hex');
    const c = createCipheriv('sm4-ecb', vector, null).setAutoPadding(false);
    expect(hexOf(Buffer.concat([c.update(vector), c.final()]))).toBe('681EDF34D206965E86B3E94F536E4246');
  });

  test('is opened by the key of the station, its sum checked over the plain text', () => {
    const frame = one(packet);
    expect(frame).toMatchObject({ isSealed: true, sum: 'later' });
    expect(unsealed(frame, unseal)).toMatchObject({ cp, isSealed: false });
    expect(unsealed(frame, (blocks) => blocks)).toBeNull();
  });

  test('and with its real length', () => {
    const data = `${head}${sealedText}&&`;
    expect(unsealed(one(`##${String(data.length).padStart(4, '0')}${data}17C0\r\n`), unseal)?.cp).toBe(cp);
  });
});

describe('what devices make of it', () => {
  const packet = (
    data: string,
    o: { crc?: (b: Uint8Array) => number; end?: string; length?: number } = {},
  ) => {
    const crc = (o.crc ?? hjCrc)(ascii(data));
    return `##${String(o.length ?? data.length).padStart(4, '0')}${data}${crc.toString(16).padStart(4, '0')}${o.end ?? '\r\n'}`;
  };
  const plain =
    'QN=20260801085857223;ST=32;CN=2011;PW=123456;MN=M1;Flag=5;CP=&&DataTime=20260801085800;w01018-Rtd=36.2&&';

  test('the sum of Modbus by mistake is taken, and told apart', () => {
    expect(one(packet(plain, { crc: modbusCrc })).sum).toBe('modbus');
  });

  test.each([['\n'], ['\n\n'], [' \r\n']])('another end of the line: %j', (end) => {
    expect(values(one(packet(plain, { end })))).toEqual({ 'w01018-Rtd': 36.2 });
  });

  test('no end of the line at all', () => {
    expect(values(one(packet(plain, { end: '' })))).toEqual({ 'w01018-Rtd': 36.2 });
  });

  test('no QN, no flags, milliseconds, spaces, one item twice', () => {
    const odd =
      'ST=32;CN=2011;PW=123456;MN=M1;CP=&&DataTime=20260801085800123;w01018-Rtd= 36.2 ;w01018-Rtd=36.3;O3-Rtd=x&&';
    const frame = one(packet(odd));
    expect(dissectHj212(frame)).toEqual({
      station: 'M1',
      command: '2011',
      at: Date.UTC(2026, 7, 1, 8, 58, 0, 123),
      items: [
        { code: 'w01018', field: 'Rtd', raw: 36.3, valid: true, flag: null },
        { code: 'O3', field: 'Rtd', raw: null, valid: false, flag: null },
      ],
    });
    expect(hearHj212(HJ212_NEW, frame, 0).answerWhenKept).toBeNull();
  });

  test('characters counted, UTF-8 sent', () => {
    const data = Buffer.from(
      'QN=20260801085857223;ST=32;CN=2011;PW=1;MN=M1;Flag=5;CP=&&w1-Rtd=1,w1-Info=雨&&',
    ).toString('latin1');
    expect(one(packet(data, { length: data.length - 2 })).mn).toBe('M1');
  });

  test('a length that is neither is refused: one damaged packet in 256 has a sum that fits', () => {
    expect(hj212Framer().push(ascii(packet(plain, { length: plain.length + 3 })))).toMatchObject([
      { flaw: 'bad-length' },
    ]);
  });

  test('a packet that is sent again is known, and answered again', () => {
    const first = hear(OUTFALL);
    const again = hearHj212(first.memory, one(OUTFALL), 0);
    expect([first.isAgain, again.isAgain]).toEqual([false, true]);
    expect(again.answerWhenKept).toEqual(first.answerWhenKept);
  });

  test('parts stand by themselves, and an item that was cut is put together', () => {
    const part = (number: number, cp: string) =>
      one(
        text(
          hj212Bytes({
            qn: '20260801085857223',
            st: '32',
            cn: '2011',
            pw: '1',
            mn: 'M1',
            flag: 7,
            cp,
            part: { of: 2, number },
          }),
        ),
      );
    const first = part(1, 'DataTime=20260801085800;w01018-Rtd=36.2;w21003-Rt');
    const second = part(2, 'd=1.52;w01001-Rtd=7.36');
    const one1 = hearHj212(HJ212_NEW, first, 0);
    expect(one1.hasLooseEnds).toBe(true);
    expect(values(one1.frame)).toEqual({ 'w01018-Rtd': 36.2 });
    expect(text(one1.answerWhenKept)).toContain('CN=9014');
    const two = hearHj212(one1.memory, second, 1_000);
    expect(two.hasLooseEnds).toBe(false);
    expect(values(two.frame)).toEqual({ 'w21003-Rtd': 1.52, 'w01001-Rtd': 7.36 });
    // A number that was cut looks whole, and is not taken for one.
    const cut = hearHj212(HJ212_NEW, part(1, 'w01018-Rtd=36.2;w21003-Rtd=1.'), 0);
    expect(values(cut.frame)).toEqual({ 'w01018-Rtd': 36.2 });
    expect(values(hearHj212(cut.memory, part(2, '52;w01001-Rtd=7.36'), 0).frame)).toMatchObject({
      'w21003-Rtd': 1.52,
    });
    // Between two items nothing is cut, with a flag or without.
    for (const end of ['w21003-Rtd=1.5,w21003-Flag=N', 'w21003-Rtd=1.5', 'w21003-Rtd=1.5;']) {
      const before = hearHj212(HJ212_NEW, part(1, `w01018-Rtd=36.2;${end}`), 0);
      const after = hearHj212(before.memory, part(2, 'w01001-Rtd=7.36'), 0);
      expect({ ...values(before.frame), ...values(after.frame) }).toEqual({
        'w01018-Rtd': 36.2,
        'w21003-Rtd': 1.5,
        'w01001-Rtd': 7.36,
      });
    }
    // In the other order, and after a minute no more.
    const late = hearHj212(hearHj212(HJ212_NEW, second, 0).memory, first, 1_000);
    expect(values(late.frame)).toEqual({ 'w01018-Rtd': 36.2, 'w21003-Rtd': 1.52 });
    expect(hearHj212(one1.memory, second, 61_000).hasLooseEnds).toBe(true);
  });

  test('what waits for parts is bounded', () => {
    let memory = HJ212_NEW;
    for (let i = 0; i < 200; i++) {
      const qn = `202608010858${String(i).padStart(5, '0')}`;
      const bytes = hj212Bytes({
        qn,
        st: '32',
        cn: '2011',
        pw: '1',
        mn: 'M1',
        flag: 7,
        cp: 'a-Rtd=1;b-R',
        part: { of: 9, number: 1 },
      });
      memory = hearHj212(memory, one(text(bytes)), 0).memory;
    }
    expect(memory.requests.size).toBe(16);
    expect(memory.seen.length).toBe(64);
  });
});

describe('whatever the line does to it', () => {
  test('the weak sum lets one flip in 256 through, less what the grammar stops', () => {
    const { flips, wrong } = proveFramer({
      framer: hj212Framer,
      everyValue: true,
      good: ascii(OUTFALL.trimEnd()),
      other: ascii(FIELD),
      longest: 8_300,
      says: (f) => [f.mn, f.qn, f.cn, dissectHj212(f)],
      marks: ascii('##1024QN='),
    });
    expect(wrong).toBe(0);
    // Two bytes at once: here the sum lets one in 256 through, and what is left the length and the grammar stop.
    const good = ascii(OUTFALL);
    const says = (f: Hj212Frame | undefined) => JSON.stringify([f?.mn, f?.cn, dissectHj212(f as Hj212Frame)]);
    const said = says(one(OUTFALL));
    const chance = noise(4 * 20_000, 7);
    let [summed, passed] = [0, 0];
    for (let i = 0; i < chance.length; i += 4) {
      const [a, b, x, y] = Array.from(chance.subarray(i, i + 4)) as [number, number, number, number];
      const damaged = good.slice();
      damaged[a % (good.length - 2)] = x;
      damaged[b % (good.length - 2)] = y;
      const data = damaged.subarray(6, damaged.length - 6);
      if (hjCrc(data) === Number.parseInt(Buffer.from(damaged.subarray(-6, -2)).toString(), 16)) summed++;
      for (const f of framesOf(hj212Framer().push(damaged))) if (says(f) !== said) passed++;
    }
    console.log(
      `HJ 212: ${flips} changes of one byte, ${wrong} wrong readings; 20,000 of two bytes: ${summed} sums fit, ${passed} wrong readings`,
    );
    expect(passed).toBeLessThan(20_000 / 128);
  });

  test.each(['9999', '1024', '0000'])('a length of %s does not hide the packet behind it', (length) => {
    const pieces = hj212Framer().push(joined(ascii(`##${length}${OUTFALL.slice(6)}`), ascii(FIELD)));
    expect(framesOf(pieces).map((f) => f.mn)).toEqual(['ZLDSZ20210127']);
  });

  test('a packet that never ends is let go', () => {
    const f = hj212Framer();
    for (let i = 0; i < 100; i++) f.push(ascii(`##0900QN=${'1'.repeat(990)}`));
    expect(f.waiting).toBeLessThan(9_500);
    expect(framesOf(f.push(ascii(`\r\n${FIELD}`)))).toHaveLength(1);
  });
});
