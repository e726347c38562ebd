import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { as } from '../../../src/domain/ids.ts';
import { hours, seconds } from '../../../src/domain/time.ts';
import { LI } from '../../flow/flow-harness.ts';
import { EdgeHarness } from '../../support/edge-harness.ts';
import { LiveConsole, truth } from '../../support/live-console.ts';

let edge: EdgeHarness;
const consoles: LiveConsole[] = [];

beforeEach(async () => {
  edge = await EdgeHarness.open();
});
afterEach(async () => {
  for (const c of consoles.splice(0)) c.leave();
  await edge.close();
});

async function join(query = '', given: { headers?: Record<string, string>; token?: string } = {}) {
  const console = await LiveConsole.join(edge.url, { token: edge.token, query, ...given });
  consoles.push(console);
  return console;
}

const epoch = () => encodeURIComponent(edge.flow.board.epoch);
const seq = () => edge.flow.board.seq();
const clients = () => edge.flow.meters.snapshot().gauges.get('live_clients');

/** A dozen alarms with something happening to them. */
async function busyHour(): Promise<void> {
  for (let i = 0; i < 12; i++) await edge.raise(`GAS-${i}`, [25, 60][i % 2]);
  for (const alarm of edge.flow.open().slice(0, 4)) await edge.flow.acknowledge(alarm);
  for (let i = 0; i < 12; i++) await edge.raise(`GAS-${i}`, 60);
}

describe('joining', () => {
  test('begins with hello and a snapshot of what is open, and goes on with every event', async () => {
    await edge.raise('GAS-1');
    const console = await join();
    await console.until(() => console.of('snapshot').length);
    const [hello, snapshot] = console.frames;
    expect(hello).toEqual({
      type: 'hello',
      epoch: edge.flow.board.epoch,
      seq: 1,
      serverTime: new Date(edge.flow.clock.now()).toISOString(),
    });
    expect(snapshot).toMatchObject({ seq: 1, alarms: [{ pointCode: 'GAS-1', level: 1 }] });
    await edge.raise('GAS-2');
    const [alarm] = edge.flow.open('GAS-1');
    if (alarm) await edge.flow.acknowledge(alarm);
    await console.until(() => console.of('alarm').length === 2);
    expect(console.of('alarm').map((f) => [f.seq, f.event, f.by])).toEqual([
      [2, 'raised', '系统'],
      [3, 'acknowledged', '李值班'],
    ]);
    console.checkOrder(null);
  });

  test('two consoles hear the same, in the same order, and the same as REST says', async () => {
    const first = await join();
    await busyHour();
    const second = await join();
    await busyHour();
    for (const c of [first, second]) {
      await c.until(() => c.seq === seq());
      c.checkOrder(null);
      expect(c.believes()).toEqual(truth(edge.flow.open()));
    }
    const heard = second.of('alarm').map((f) => JSON.stringify([f.seq, f.event, f.alarm.id]));
    const tail = first.of('alarm').map((f) => JSON.stringify([f.seq, f.event, f.alarm.id]));
    expect(heard.length).toBeGreaterThan(0);
    expect(tail.slice(-heard.length)).toEqual(heard);
  });

  test('in the middle of a storm still gives each event once', async () => {
    const storm = Promise.all(Array.from({ length: 300 }, (_, i) => edge.raise(`S-${i}`)));
    const joining = Array.from({ length: 20 }, () => join());
    await storm;
    for (const c of await Promise.all(joining)) {
      await c.until(() => c.seq === seq());
      c.checkOrder(null);
      expect(c.believes()).toEqual(truth(edge.flow.open()));
    }
  });

  test('is counted, and so is leaving', async () => {
    const console = await join();
    await join();
    expect(clients()).toBe(2);
    console.socket.close();
    await console.end();
    const third = await join();
    await third.until(() => third.frames.length > 0);
    expect(clients()).toBe(2);
  });
});

describe('coming back', () => {
  test('after any event gives exactly what was missed, and no snapshot', async () => {
    await busyHour();
    const all = await edge.flow.journal.eventsAfter(0 as never, 1_000);
    for (let after = 0; after <= all.length; after++) {
      const console = await join(`?after=${after}&epoch=${epoch()}`);
      await console.until(() => console.frames.length > 0);
      await console.until(() => Math.max(console.seq, after) === seq());
      console.checkOrder(after);
      expect(console.of('snapshot')).toEqual([]);
      expect(console.of('alarm').map((f) => f.seq)).toEqual(all.slice(after).map((e) => e.seq));
      console.leave();
    }
  });

  test('while events come, has no hole and nothing twice', async () => {
    await busyHour();
    const storm = Promise.all(Array.from({ length: 400 }, (_, i) => edge.raise(`S-${i}`)));
    const back = Array.from({ length: 20 }, (_, i) => join(`?after=${i}&epoch=${epoch()}`));
    await storm;
    for (const [after, joining] of back.entries()) {
      const console = await joining;
      await console.until(() => console.seq === seq());
      console.checkOrder(after);
    }
  });

  test('what comes live while the journal is being read is neither lost nor told twice', async () => {
    await busyHour();
    const { journal } = edge.flow;
    const read = journal.eventsAfter.bind(journal);
    let raised = 0;
    journal.eventsAfter = async (after, limit) => {
      const events = await read(after, Math.min(limit, 5));
      if (raised < 10) await edge.raise(`LATE-${raised++}`);
      return events;
    };
    const console = await join(`?after=3&epoch=${epoch()}`);
    await console.until(() => raised === 10 && console.seq === seq());
    console.checkOrder(3);
    expect(console.of('snapshot')).toEqual([]);
  });

  test.each([
    ['of another journal', () => '?after=1&epoch=another'],
    ['without naming the journal', () => '?after=1'],
    ['from the future', () => `?after=${seq() + 1}&epoch=${epoch()}`],
    ['with nonsense', () => `?after=-1&epoch=${epoch()}`],
    ['with an empty seq', () => `?after=&epoch=${epoch()}`],
  ])('%s begins with a snapshot', async (_what, query) => {
    await edge.raise('GAS-1');
    const console = await join(query());
    await console.until(() => console.of('snapshot').length);
    expect(console.of('snapshot')[0]?.seq).toBe(seq());
  });

  test('after too long begins with a snapshot', async () => {
    await edge.close();
    edge = await EdgeHarness.open({ limits: { replay: 5 } });
    for (let i = 0; i < 7; i++) await edge.raise(`GAS-${i}`);
    const far = await join(`?after=1&epoch=${epoch()}`);
    await far.until(() => far.of('snapshot').length);
    const near = await join(`?after=2&epoch=${epoch()}`);
    await near.until(() => near.of('alarm').length === 5);
    expect(near.of('snapshot')).toEqual([]);
  });

  test('what is durable but not yet told is told once, and the console goes on live', async () => {
    let durable: () => void = () => {};
    const isDurable = new Promise<void>((resolve) => {
      durable = resolve;
    });
    let release: () => void = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    await edge.close();
    edge = await EdgeHarness.open({
      hooks: {
        after: (record) => {
          if (record.events.some((e) => e.seq === 3)) durable();
          return record.events.some((e) => e.seq === 3) ? released : undefined;
        },
      },
    });
    await edge.raise('GAS-1');
    await edge.raise('GAS-2');
    const third = edge.raise('GAS-3');
    await isDurable;
    const console = await join(`?after=1&epoch=${epoch()}`);
    await console.until(() => console.seq === 3);
    expect(seq()).toBe(2);
    release();
    await third;
    await edge.raise('GAS-4');
    await console.until(() => console.seq === 4);
    console.checkOrder(1);
    expect(console.frames.map((f) => f.type)).toEqual(['hello', 'alarm', 'alarm', 'alarm']);
  });

  test('to a journal that cannot be read ends in a close, not in silence', async () => {
    await edge.raise('GAS-1');
    edge.flow.journal.eventsAfter = async () => {
      throw new Error('disk');
    };
    const console = await join(`?after=0&epoch=${epoch()}`);
    expect((await console.end()).code).toBe(1011);
  });

  test('to a board that cannot be shown ends in a close, and the next console is served', async () => {
    await edge.raise('GAS-1');
    const { board } = edge.flow;
    const live = board.live.bind(board);
    board.live = () => {
      throw new Error('a fault of ours');
    };
    expect((await (await join()).end()).code).toBe(1011);
    board.live = live;
    const next = await join();
    await next.until(() => next.of('snapshot').length);
  });

  test('when the journal lacks what is asked for, gives a snapshot rather than a hole', async () => {
    await edge.raise('GAS-1');
    edge.flow.journal.eventsAfter = async () => [];
    const console = await join(`?after=0&epoch=${epoch()}`);
    await console.until(() => console.of('snapshot').length);
    expect(console.frames.map((f) => f.type)).toEqual(['hello', 'resync', 'snapshot']);
  });
});

describe('watching', () => {
  const watch = (console: LiveConsole, points: unknown) =>
    console.socket.send(JSON.stringify({ type: 'watch', points }));
  const items = (console: LiveConsole) => console.of('readings').flatMap((f) => f.items);

  /** The console has been heard when its next ping has been answered by the server's socket. */
  const heard = (console: LiveConsole) =>
    new Promise<void>((resolve) => {
      console.socket.once('pong', () => resolve());
      console.socket.ping();
    });

  test('shows the newest of each metric at once, then at most one frame a second', async () => {
    await edge.flow.telemetry('gas', 'GAS-1', { values: { ch4: 1, temp: 20 } });
    await edge.flow.value('gas', 'GAS-2', 'ch4', 9);
    const console = await join();
    await console.until(() => console.of('snapshot').length);
    watch(console, ['GAS-1', 'nothing-there']);
    await heard(console);
    edge.flow.clock.forward(seconds(1));
    await console.until(() => items(console).length === 2);
    for (let i = 1; i <= 5; i++) {
      edge.flow.clock.forward(100);
      await edge.flow.value('gas', 'GAS-1', 'ch4', 1 + i);
    }
    edge.flow.clock.forward(seconds(1));
    await console.until(() => console.of('readings').length === 2);
    expect(console.of('readings')[1]?.items).toEqual([
      {
        pointCode: 'GAS-1',
        metric: 'ch4',
        value: 6,
        quality: 'good',
        observedAt: new Date(edge.flow.clock.now() - 1_000).toISOString(),
      },
    ]);
    edge.flow.clock.forward(seconds(3));
    await heard(console);
    expect(console.of('readings')).toHaveLength(2);
  });

  test('backfill does not pass for news', async () => {
    await edge.flow.value('gas', 'GAS-1', 'ch4', 5);
    const console = await join();
    await console.until(() => console.of('snapshot').length);
    watch(console, ['GAS-1']);
    await heard(console);
    edge.flow.clock.forward(seconds(1));
    await console.until(() => items(console).length === 1);
    await edge.flow.value('gas', 'GAS-1', 'ch4', 2, edge.flow.clock.now() - hours(2));
    edge.flow.clock.forward(seconds(1));
    await edge.flow.value('gas', 'GAS-1', 'ch4', 3);
    edge.flow.clock.forward(seconds(1));
    await console.until(() => items(console).length === 2);
    expect(items(console).map((i) => i.value)).toEqual([5, 3]);
  });

  test('is only for who asked, the last asking holds, and an empty one ends it', async () => {
    const [one, other] = [await join(), await join()];
    for (const c of [one, other]) await c.until(() => c.of('snapshot').length);
    watch(one, ['GAS-1']);
    watch(one, ['GAS-2']);
    await heard(one);
    await edge.flow.value('gas', 'GAS-1', 'ch4', 1);
    await edge.flow.value('gas', 'GAS-2', 'ch4', 2);
    edge.flow.clock.forward(seconds(1));
    await one.until(() => items(one).length > 0);
    expect(items(one).map((i) => i.pointCode)).toEqual(['GAS-2']);
    watch(one, []);
    await heard(one);
    await edge.flow.value('gas', 'GAS-2', 'ch4', 3, edge.flow.clock.now());
    edge.flow.clock.forward(seconds(1));
    await heard(one);
    await heard(other);
    expect(items(one)).toHaveLength(1);
    expect(items(other)).toEqual([]);
  });

  test('nonsense is not heard, but counted', async () => {
    const console = await join();
    const nonsense = ['{', '[]', '{"type":"watch"}', '{"type":"drop","table":"alarms"}', 'null'];
    for (const text of nonsense) console.socket.send(text);
    console.socket.send(Buffer.from([1, 2, 3]), { binary: true });
    watch(console, Array(501).fill('P'));
    watch(console, ['x'.repeat(65)]);
    watch(console, [1]);
    await heard(console);
    expect(edge.flow.meters.counter('live_flaws_total')).toBe(nonsense.length + 4);
    await edge.raise('GAS-1');
    await console.until(() => console.of('alarm').length);
  });

  test('a console that does nothing but talk is shown the door', async () => {
    const console = await join();
    for (let i = 0; i < 300; i++) watch(console, []);
    expect((await console.end()).code).toBe(1008);
  });
});

describe('the door', () => {
  const refused = (given: Parameters<typeof LiveConsole.join>[1]) =>
    LiveConsole.join(edge.url, given).then(
      (console) => {
        consoles.push(console);
        return 'in';
      },
      (e: Error) => e.message,
    );

  test('is shut without a session, with an ended one, and to another site; open to our page and to programs', async () => {
    const cookie = `lifeline_session=${edge.token}`;
    expect(await refused({})).toBe('401');
    expect(await refused({ token: 'session-not-there' })).toBe('401');
    expect(await refused({ headers: { cookie, origin: 'http://evil.example' } })).toBe('403');
    expect(await refused({ headers: { cookie, origin: 'null' } })).toBe('403');
    expect(await refused({ headers: { cookie, origin: edge.url } })).toBe('in');
    expect(await refused({ headers: { cookie } })).toBe('in');
    expect(await refused({ token: edge.token })).toBe('in');
    await edge.accounts.logout(edge.token);
    expect(await refused({ token: edge.token })).toBe('401');
    expect(edge.flow.meters.counter('live_refused_total{why="foreign-origin"}')).toBe(2);
  });

  test('is shut to a session that must set its password first', async () => {
    await edge.close();
    edge = await EdgeHarness.open({ adminPassword: null });
    const token = await edge.enter('admin', edge.oneTimeCode ?? '');
    expect(await refused({ token })).toBe('403');
    await edge.ask('setPassword', { token, body: { next: 'A-good-new-one-1' } });
    expect(await refused({ token })).toBe('in');
  });

  test('says why in words, and is no page', async () => {
    const { hostname, port } = new URL(edge.url);
    const raw = connect(Number(port), hostname);
    raw.write(
      `GET /api/v1/live HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nAccept-Language: en\r\n\r\n`,
    );
    const [answer] = (await once(raw, 'data')) as [Buffer];
    expect(String(answer)).toMatch(/^HTTP\/1\.1 401 Unauthorized\r\n/);
    expect(String(answer)).toContain('"code":"no-session"');
    expect(String(answer)).toContain('Log in first');
    raw.destroy();
    const page = await edge.fetch('/api/v1/live', { headers: { authorization: `Bearer ${edge.token}` } });
    expect(page.status).toBe(426);
    expect(await refused({ token: edge.token, path: '/api/v1/alarms' })).toBe('404');
  });

  test('is shut when the house is full', async () => {
    await edge.close();
    edge = await EdgeHarness.open({ limits: { consoles: 2 } });
    await join();
    await join();
    expect(await refused({ token: edge.token })).toBe('503');
  });

  test('a frame of 1 MiB closes with 1009, and the service goes on', async () => {
    const [loud, quiet] = [await join(), await join()];
    loud.socket.send('x'.repeat(1_024 * 1_024));
    expect((await loud.end()).code).toBe(1009);
    await edge.raise('GAS-1');
    await quiet.until(() => quiet.of('alarm').length);
  });

  test('bytes that are no frames end that one socket only', async () => {
    const quiet = await join();
    const { hostname, port } = new URL(edge.url);
    const raw = connect(Number(port), hostname);
    const headers = [
      'GET /api/v1/live HTTP/1.1',
      `Host: ${hostname}:${port}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      `Authorization: Bearer ${edge.token}`,
    ];
    raw.write(`${headers.join('\r\n')}\r\n\r\n`);
    await new Promise((resolve) => raw.once('data', resolve));
    raw.write(Buffer.alloc(100, 0xff));
    await new Promise((resolve) => raw.once('close', resolve));
    expect(edge.flow.meters.counter('live_socket_errors_total')).toBe(1);
    await edge.raise('GAS-1');
    await quiet.until(() => quiet.of('alarm').length);
  });

  test('a session that ends takes its stream with it, with a code that says so', async () => {
    const [gone, shift] = [await join(), await join()];
    const other = await join('', { token: await edge.operator('li', '李值班') });
    await edge.accounts.logout(edge.token);
    edge.flow.clock.forward(seconds(2));
    for (const c of [gone, shift]) expect(await c.end()).toEqual({ code: 4401, reason: 'session ended' });
    await edge.raise('GAS-1');
    await other.until(() => other.of('alarm').length);
  });

  test('a stop says come back', async () => {
    const both = [await join(), await join()];
    await edge.close();
    for (const c of both) expect((await c.end()).code).toBe(1012);
    edge = await EdgeHarness.open();
  });
});

describe('a console that is there', () => {
  test('hears a ping every ten seconds', async () => {
    const console = await join();
    for (let i = 1; i <= 3; i++) {
      edge.flow.clock.forward(seconds(10));
      await console.until(() => console.of('ping').length === i);
    }
  });

  test('and answers none is gone', async () => {
    const console = await join();
    await console.until(() => console.of('snapshot').length);
    console.socket.pause();
    edge.flow.clock.forward(seconds(71));
    console.socket.resume();
    expect((await console.end()).code).toBe(1006);
    expect(clients()).toBe(0);
  });
});

describe('a console that stops reading', () => {
  const LIMIT = 64 * 1_024;
  const raw = (c: LiveConsole) => (c.socket as unknown as { _socket: Socket })._socket;
  const buffered = () => edge.flow.meters.snapshot().gauges.get('live_buffered_bytes') ?? 0;

  /** Tells events of more than a kilobyte each until the kernel takes no more for a console that takes nothing. */
  async function flood(): Promise<void> {
    await Promise.all(Array.from({ length: 500 }, (_, i) => edge.flow.value('gas', `F-${i}`, 'ch4', 60)));
    for (let round = 0, full = 0; full < 15; round++) {
      const notes = edge.flow.open().map((alarm, i) =>
        edge.service.act(alarm.id, {
          do: 'note',
          by: LI,
          text: `note ${round}`,
          commandId: as.command(`${round}-${i}`),
        }),
      );
      await Promise.all(notes);
      // The others read meanwhile, and answer pings.
      for (let i = 0; i < 3; i++) await edge.ask('livez', { token: null });
      edge.flow.clock.forward(200);
      full = buffered() > 0 ? full + 1 : 0;
    }
  }
  /** Lets seconds pass, with time to read in each, until the console has heard everything. */
  async function caughtUp(console: LiveConsole): Promise<void> {
    while (console.seq !== seq()) {
      for (let i = 0; i < 5; i++) await edge.ask('livez', { token: null });
      edge.flow.clock.forward(seconds(1));
    }
  }

  beforeEach(async () => {
    await edge.close();
    edge = await EdgeHarness.open({ limits: { buffered: LIMIT } });
  });

  test('costs a bounded amount, gets a resync and a snapshot when it reads again, and then the truth', async () => {
    const slow = await join();
    const quick = await join();
    for (const c of [slow, quick]) await c.until(() => c.of('snapshot').length);
    raw(slow).pause();
    await flood();
    expect(edge.flow.meters.counter('live_resyncs_total')).toBeGreaterThan(0);
    // Megabytes have been told. What waits is at most one snapshot, and the deltas that may wait behind it.
    const snapshot = JSON.stringify(quick.of('snapshot').at(-1)).length;
    expect(buffered()).toBeGreaterThan(0);
    expect(buffered()).toBeLessThan(2 * (snapshot + LIMIT));
    await caughtUp(quick);
    raw(slow).resume();
    await caughtUp(slow);
    slow.checkOrder(null);
    expect(slow.frames.length).toBeLessThan(quick.frames.length + 10);
    const types = slow.frames.map((f) => f.type);
    expect(
      types
        .slice(types.indexOf('resync'))
        .filter((t) => t !== 'ping')
        .slice(0, 2),
    ).toEqual(['resync', 'snapshot']);
    await edge.raise('AFTER');
    for (const c of [slow, quick]) {
      await c.until(() => c.seq === seq());
      expect(c.believes()).toEqual(truth(edge.flow.open()));
    }
  });

  test('for a minute is cut off', async () => {
    const slow = await join();
    await slow.until(() => slow.of('snapshot').length);
    raw(slow).pause();
    await flood();
    for (let i = 0; i < 62; i++) edge.flow.clock.forward(seconds(1));
    expect(edge.flow.meters.counter('live_stuck_total')).toBe(1);
    raw(slow).resume();
    expect((await slow.end()).code).toBe(1006);
    expect(clients()).toBe(0);
  });
});

describe('floods', () => {
  test('a flood is told in a frame of its own, to each what they see, and its end too', async () => {
    const console = await join();
    await console.until(() => console.of('snapshot').length);
    for (let i = 0; i < 12; i++) await edge.raise(`GAS-${i}`);
    edge.flow.clock.forward(seconds(2));
    const frame = await console.until(() => console.of('floods').find((f) => f.items[0]?.raised === 12));
    expect(frame.items.map((f) => [f.areaCode, f.raised, f.firstOut.pointCode])).toEqual([
      [null, 12, 'GAS-0'],
      ['000000', 12, 'GAS-0'],
    ]);
    expect((await edge.ask('floods')).json.items).toEqual(frame.items);
    const bound = await edge.person('qiao', ['operator'], ['341602']);
    expect((await edge.ask('floods', { token: bound })).json.items).toEqual([]);
    console.checkOrder(null);
    for (let i = 0; i < 65; i++) {
      await edge.flow.pass(seconds(10));
      // Gives the console a moment to answer its pings.
      await edge.ask('livez', { token: null });
    }
    await console.until(() => console.of('floods').at(-1)?.items.length === 0);
  });
});
