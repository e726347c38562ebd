import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Refused, standStill, whoServes } from '../../src/adapters/control-socket/client.ts';
import { ControlSocket } from '../../src/adapters/control-socket/index.ts';
import { as } from '../../src/domain/ids.ts';
import { no } from '../../src/domain/result.ts';
import { minutes } from '../../src/domain/time.ts';
import { ManualClock } from '../memory/clock.ts';
import { eventually } from '../support/eventually.ts';

const HELLO = { pid: 7, version: '0.0.0-test', mqtt: '127.0.0.1:1', http: 'http://127.0.0.1:2' };

const refusal = { code: 'no-key', detail: { zh: '', en: 'none here' } } as const;
const NO_KEYS = { issue: async () => no(refusal), revoke: async () => no(refusal) };

/** Remembers whether it stands still, and may take its time or fail. */
class Standing {
  still = false;
  readonly fails: Error | null;

  constructor(fails: Error | null = null) {
    this.fails = fails;
  }

  async standStill(): Promise<number> {
    if (this.fails !== null) throw this.fails;
    this.still = true;
    return 42;
  }

  async goOn(): Promise<void> {
    this.still = false;
  }
}

describe('the control socket', () => {
  let dir: string;
  let socket: ControlSocket | null = null;
  const clock = new ManualClock(Date.UTC(2026, 0, 2));
  const warned: string[] = [];
  const log = { info: () => undefined, warn: (msg: string) => void warned.push(msg), error: () => undefined };

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'control-'));
    warned.length = 0;
  });

  afterEach(async () => {
    await socket?.stop();
    socket = null;
    rmSync(dir, { recursive: true, force: true });
  });

  async function open(history: Standing | null = new Standing(), at = dir): Promise<ControlSocket> {
    socket = new ControlSocket({ dir: at, hello: HELLO, history, keys: NO_KEYS, clock, log });
    await socket.start();
    return socket;
  }

  test('says who serves, to the same user only', async () => {
    await open();
    expect(await whoServes(dir)).toEqual({ is: 'hello', ...HELLO });
    expect(statSync(join(dir, 'control.sock')).mode & 0o777).toBe(0o600);
  });

  test('is not there when nobody serves, and takes the place of one whose service was killed', async () => {
    expect(await whoServes(dir)).toBeNull();
    expect(await whoServes(join(dir, 'no-such'))).toBeNull();
    writeFileSync(join(dir, 'control.sock'), '');
    expect(await whoServes(dir)).toBeNull();
    const s = await open();
    expect(await whoServes(dir)).not.toBeNull();
    await s.stop();
    socket = null;
    expect(existsSync(join(dir, 'control.sock'))).toBe(false);
  });

  test('works in a directory whose name is longer than a socket address', async () => {
    const deep = join(dir, 'x'.repeat(100), 'y'.repeat(100));
    mkdirSync(deep, { recursive: true });
    await open(new Standing(), deep);
    expect(warned).toEqual([]);
    expect(await whoServes(deep)).not.toBeNull();
  });

  test('holds the history still until the connection ends', async () => {
    const history = new Standing();
    await open(history);
    const still = await standStill(dir);
    expect(still?.cursor).toBe(42);
    expect(history.still).toBe(true);
    still?.end();
    await eventually(async () => !history.still);
    expect(still?.lost.aborted).toBe(false);
  });

  test('holds it for one at a time', async () => {
    const history = new Standing();
    await open(history);
    const first = await standStill(dir);
    await expect(standStill(dir)).rejects.toThrow('another copy');
    expect(history.still).toBe(true);
    first?.end();
    await eventually(async () => !history.still);
    (await standStill(dir))?.end();
  });

  test('lets it go on when a copy takes too long, and tells the one who copies', async () => {
    const history = new Standing();
    await open(history);
    const still = await standStill(dir);
    clock.forward(minutes(10));
    await eventually(async () => still?.lost.aborted && !history.still);
    expect(warned).toEqual(['a copy of the history took too long and was given up']);
  });

  test('lets it go on when the service stops', async () => {
    const history = new Standing();
    const s = await open(history);
    const still = await standStill(dir);
    await s.stop();
    expect(history.still).toBe(false);
    await eventually(async () => still?.lost.aborted);
  });

  test('says why it cannot stand still', async () => {
    await open(new Standing(new Error('no space left')));
    await expect(standStill(dir)).rejects.toThrow(Refused);
    await expect(standStill(dir)).rejects.toThrow('no space left');
  });

  test('has nothing to hold where readings are kept elsewhere', async () => {
    await open(null);
    const still = await standStill(dir);
    expect(still?.cursor).toBeNull();
    still?.end();
  });

  test.each([
    ['words', 'nonsense\n'],
    ['an order it does not know', '{"do":"reboot"}\n'],
    ['nothing', 'null\n'],
    ['a line without an end', 'x'.repeat(100_000)],
  ])('does nothing for who says %s, and goes on', async (_, said) => {
    const history = new Standing();
    await open(history);
    const other = connect({ path: join(dir, 'control.sock') });
    other.on('error', () => undefined);
    const closed = new Promise((resolve) => other.once('close', resolve));
    other.write(said);
    other.resume();
    await closed;
    expect(history.still).toBe(false);
    expect(await whoServes(dir)).not.toBeNull();
  });

  test('outlives an import that is killed with answers on their way', async () => {
    let answered = 0;
    // More than the two ends hold between them, so that some of it is never read.
    const many = Array.from({ length: 10_000 }, (_, i) => ({
      code: as.point(`GAS-${i}`),
      name: '阀井',
      lifeline: as.lifeline('gas'),
      area: as.area('341602'),
    }));
    const stock = {
      about: async () => {
        answered++;
        return { points: many, keepDays: 1 };
      },
      keep: async () => undefined,
      settled: async () => undefined,
      raw: async () => [],
    };
    socket = new ControlSocket({ dir, hello: HELLO, history: null, keys: NO_KEYS, stock, clock, log });
    await socket.start();
    const heard: unknown[] = [];
    const hear = (cause: unknown) => heard.push(cause);
    process.on('uncaughtException', hear);
    try {
      const client = connect({ path: join(dir, 'control.sock') });
      client.write('{"do":"stock"}\n');
      await new Promise((resolve) => client.once('readable', resolve));
      client.write('{"ask":"about"}\n'.repeat(8));
      await eventually(async () => answered === 8);
      client.destroy();
      await eventually(async () => (await whoServes(dir)) !== null);
      await new Promise(setImmediate);
      expect(heard).toEqual([]);
    } finally {
      process.off('uncaughtException', hear);
    }
  });

  test('does not wait for ever for who says nothing', async () => {
    await open();
    const other = connect({ path: join(dir, 'control.sock') });
    let closed = false;
    other.once('close', () => {
      closed = true;
    });
    other.resume();
    await eventually(async () => {
      clock.forward(minutes(1));
      return closed;
    });
  });
});
