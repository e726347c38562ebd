import { describe, expect, test } from 'vitest';
import { latin1 } from '../../../src/wire/protocols/bytes.ts';
import { hj212Command, hj212Reply } from '../../../src/wire/protocols/hj212/commands.ts';
import { isEcho, type ModbusWrite, writeBytes } from '../../../src/wire/protocols/modbus/write.ts';
import { sl651Command, sl651Result } from '../../../src/wire/protocols/sl651/commands.ts';
import { sl651Framer } from '../../../src/wire/protocols/sl651/framer.ts';
import { isFrame } from '../../../src/wire/protocols/stream.ts';
import { hex, hexOf } from './framer-proof.ts';

const CLOCK = { now: Date.UTC(2016, 7, 1, 0, 58, 57), offset: 8 * 3_600_000 };
const DOUBTED = { ...CLOCK, now: null };
const text = (spoken: { is: string; bytes?: Uint8Array }) =>
  spoken.bytes === undefined ? spoken.is : latin1(spoken.bytes);

describe('HJ 212', () => {
  const to = { st: '32', pw: '100000', mn: '010000A8900016F000169DC0', flag: 4 };
  const say = (name: string, params = {}, clock: typeof CLOCK | typeof DOUBTED = CLOCK) =>
    text(hj212Command({ name, params }, to, '20160801085857223', clock));

  test('the interval is the standard’s own sample, byte for byte', () => {
    expect(say('set-interval', { seconds: 30 })).toBe(
      '##0101QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&1C80\r\n',
    );
  });

  test('the clock is set by ours in local time, and not by one that is doubted; it is read as sample A.1 of 2025', () => {
    expect(say('set-clock')).toContain(
      ';CN=1012;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&SystemTime=20160801085857&&',
    );
    expect(say('set-clock', {}, DOUBTED)).toBe('not-spoken');
    const of2025 = { ...to, pw: '123456', flag: 8 };
    expect(text(hj212Command({ name: 'read-clock', params: {} }, of2025, '20240601085857223', CLOCK))).toBe(
      '##0087QN=20240601085857223;ST=32;CN=1011;PW=123456;MN=010000A8900016F000169DC0;Flag=9;CP=&&&&2200\r\n',
    );
  });

  test.each([{ seconds: 0 }, { seconds: 1.5 }, { seconds: 90_000 }, {}])('%o is no interval', (params) => {
    expect(say('set-interval', params)).toBe('not-spoken');
    expect(say('close-valve')).toBe('not-spoken');
  });

  test.each([
    ['9011', 'QnRtn=1', { is: 'ready' }],
    ['9011', 'QnRtn=3', { is: 'over', ok: false, said: 'QnRtn=3 PW 错误 wrong PW' }],
    ['9012', 'ExeRtn=1', { is: 'over', ok: true, said: null }],
    ['9012', 'ExeRtn=5', { is: 'over', ok: false, said: 'ExeRtn=5 系统繁忙 busy' }],
    ['9012', 'ExeRtn=77', { is: 'over', ok: false, said: 'ExeRtn=77' }],
    ['1061', 'RtdInterval=30', { is: 'values', values: { RtdInterval: '30' } }],
    ['2011', 'DataTime=1', null],
  ])('%s %s', (cn, cp, reply) => {
    expect(hj212Reply({ cn, cp })).toEqual(reply);
  });
});

describe('SL 651', () => {
  const to = { form: 'hex', centre: 1, station: '0012345678', password: '1234' } as const;
  const say = (name: string, params = {}, more: object = {}) =>
    sl651Command({ name, params }, { ...to, ...more }, 3, CLOCK);

  test('the clock is 4AH with our time in its text, and asks for an answer', () => {
    const spoken = say('set-clock');
    const [frame] = sl651Framer('down')
      .push(spoken.is === 'bytes' ? spoken.bytes : new Uint8Array())
      .filter(isFrame);
    expect(frame?.frame).toMatchObject({
      fn: 0x4a,
      station: '0012345678',
      centre: 1,
      password: '1234',
      end: 5,
    });
    expect(hexOf(frame?.frame.text ?? new Uint8Array())).toBe('0003160801085857');
    expect(sl651Command({ name: 'set-clock', params: {} }, to, 3, DOUBTED).is).toBe('not-spoken');
  });

  test('timed reports have whole hours, as one byte of BCD behind 20 08', () => {
    const spoken = say('set-interval', { seconds: 12 * 3_600 });
    const [frame] = sl651Framer('down')
      .push(spoken.is === 'bytes' ? spoken.bytes : new Uint8Array())
      .filter(isFrame);
    expect(frame?.frame.fn).toBe(0x42);
    expect(hexOf(frame?.frame.text ?? new Uint8Array())).toBe('0003160801085857200812');
    for (const seconds of [1_800, 5_400, 25 * 3_600])
      expect(say('set-interval', { seconds }).is).toBe('not-spoken');
    expect(say('restart').is).toBe('not-spoken');
  });

  const down = (spoken: ReturnType<typeof say>) => {
    const bytes = spoken.is === 'bytes' ? spoken.bytes : new Uint8Array();
    const frame = sl651Framer('down').push(bytes).filter(isFrame)[0]?.frame;
    const said = frame === undefined ? '' : frame.form === 'hex' ? hexOf(frame.text) : latin1(frame.text);
    return [frame?.fn, said];
  };
  const HEAD = '0003160801085857';

  test.each([
    ['set-interval', { seconds: 4 * 3_600 }, 0x42, `${HEAD}200804`, `${HEAD}20 04 `],
    ['read-interval', {}, 0x43, `${HEAD}2008`, `${HEAD}20 `],
    ['set-config', { '0C': '02' }, 0x40, `${HEAD}0C0802`, `${HEAD}0C 02 `],
    ['read-config', {}, 0x41, `${HEAD}01200C080D40`, `${HEAD}01 0C 0D `],
  ])('%s stands in HEX and in ASCII', (name, params, fn, inHex, inAscii) => {
    expect(down(say(name, params))).toEqual([fn, inHex]);
    expect(down(say(name, params, { form: 'ascii' }))).toEqual([fn, inAscii]);
  });

  test.each([{ '02': '0012345678' }, { '03': '1234' }, { '20': '04' }, { '0C': '2' }, { '0C': 2 }, {}])(
    '%o is not set from here',
    (params) => {
      expect(say('set-config', params).is).toBe('not-spoken');
      expect(say('set-config', params, { form: 'ascii' }).is).toBe('not-spoken');
    },
  );

  test('what a station gives back is read with and without its address, and as far as it is whole', () => {
    const read = (fn: number, text: string) => sl651Result({ form: 'hex', fn, text: hex(text) });
    expect(read(0x43, `${HEAD}F1F10012345678200806`)).toEqual({ seconds: 21_600 });
    expect(read(0x41, `${HEAD}0C08020D40FFFFFFFFFFFFFFFF`)).toEqual({ '0C': '02', '0D': 'FFFFFFFFFFFFFFFF' });
    expect(read(0x41, `${HEAD}0C08020D40FFFF`)).toEqual({ '0C': '02' });
    expect([read(0x40, HEAD), read(0x4a, HEAD), read(0x41, '00')]).toEqual([null, null, null]);
    const ascii = (text: string) =>
      sl651Result({ form: 'ascii', fn: 0x41, text: new TextEncoder().encode(text) });
    expect(ascii(`${HEAD}ST 0012345678 0C 02 0D FF`)).toEqual({ '0C': '02', '0D': 'FF' });
  });
});

describe('Modbus', () => {
  const write = (more: Partial<ModbusWrite> = {}): ModbusWrite => ({
    ...{
      name: 'set-gate',
      slave: 1,
      fn: 6,
      addr: 16,
      type: 'u16',
      order: 'ABCD',
      times: 1,
      plus: 0,
      min: 0,
      max: 100,
    },
    ...more,
  });
  const say = (value: unknown, more: Partial<ModbusWrite> = {}) => {
    const spoken = writeBytes(write(more), { value });
    return spoken.is === 'bytes' ? hexOf(spoken.bytes).slice(0, -4) : spoken.said;
  };
  // The standard's own: register 2 (address 1) is written 3; two registers from address 1 are written 000A 0102 (V1.1b3 §6.6, §6.12).
  test('function 6 and 16, as the standard prints them', () => {
    expect(say(3, { slave: 0x11, addr: 1 })).toBe('110600010003');
    expect(say(0x000a0102, { slave: 0x11, fn: 16, addr: 1, type: 'u32', max: 1e9 })).toBe(
      '1110000100020' + '4000A0102',
    );
  });

  test('numbers of every kind and order', () => {
    expect(say(-2, { type: 's16', min: -10 })).toBe('01060010FFFE');
    expect(say(-2, { type: 's16', min: -10, order: 'BADC' })).toBe('01060010FEFF');
    expect(say(12.5, { fn: 16, type: 'f32' })).toBe('0110001000020441480000');
    expect(say(12.5, { fn: 16, type: 'f32', order: 'CDAB' })).toBe('0110001000020400004148');
    expect(say(12.5, { fn: 16, type: 'f32', order: 'DCBA' })).toBe('0110001000020400004841');
    expect(say(2.5, { times: 0.1 })).toBe('010600100019');
    expect(say(30, { plus: -40 })).toBe('010600100046');
  });

  test.each([
    [101, {}, '"set-gate" takes one number, 0…100'],
    ['50', {}, '"set-gate" takes one number, 0…100'],
    [Number.NaN, {}, '"set-gate" takes one number, 0…100'],
    [0.5, {}, '0.5 is no u16 on the wire (0.5)'],
    [70_000, { max: 1e6 }, '70000 is no u16 on the wire (70000)'],
    [5, { type: 'u32' as const }, 'function 6 writes one register, u32 has two'],
  ])('%s with %o is not written: %s', (value, more, said) => {
    expect(say(value, more)).toBe(said);
  });

  test('the one parameter may have any name, and there is one', () => {
    expect(writeBytes(write(), { opening: 50 })).toEqual(writeBytes(write(), { value: 50 }));
    expect([writeBytes(write(), {}), writeBytes(write(), { a: 1, b: 2 })]).toMatchObject([
      { is: 'not-spoken' },
      { is: 'not-spoken' },
    ]);
  });

  test('an echo is the very request', () => {
    const request = writeBytes(write(), { value: 50 });
    const bytes = request.is === 'bytes' ? request.bytes : new Uint8Array();
    expect(isEcho(bytes, bytes.subarray(2, 6))).toBe(true);
    for (let i = 2; i < 6; i++) {
      const other = Uint8Array.from(bytes);
      other[i] = (other[i] as number) ^ 1;
      expect(isEcho(bytes, other.subarray(2, 6))).toBe(false);
    }
  });
});
