import { describe, expect, it } from 'vitest';
import {
  createLink,
  type LinkState,
  retryDelay,
  type SocketLike,
} from '../../dashboards/console/src/api/live.ts';
import { LIVE_CLOSE, type LiveFrame } from '../../src/wire/live/live.ts';

/** A link over sockets and time that the test holds in its hands. */
function aLink() {
  let now = 0;
  let timers: { at: number; then: () => void }[] = [];
  const sockets: (SocketLike & { path: string; sent: string[]; closed: boolean })[] = [];
  const states: LinkState[] = [];
  const frames: LiveFrame[] = [];
  const position: { epoch: string | null; seq: number | null } = { epoch: null, seq: null };
  let refused = 0;
  const link = createLink({
    open(path) {
      const socket = {
        path,
        sent: [] as string[],
        closed: false,
        onmessage: null,
        onclose: null,
        send: (text: string) => void socket.sent.push(text),
        close: () => {
          socket.closed = true;
        },
      } as (typeof sockets)[number];
      sockets.push(socket);
      return socket;
    },
    now: () => now,
    after(ms, then) {
      const timer = { at: now + ms, then };
      timers.push(timer);
      return () => {
        timers = timers.filter((t) => t !== timer);
      };
    },
    random: () => 0.5,
    position: () => position,
    onFrame: (f) => frames.push(f),
    onState: (s) => states.push(s),
    onRefused: () => {
      refused += 1;
    },
  });
  return {
    link,
    sockets,
    states,
    frames,
    position,
    refused: () => refused,
    socket: () => sockets[sockets.length - 1] as (typeof sockets)[number],
    state: () => states[states.length - 1]?.is,
    hears(frame: object) {
      this.socket().onmessage?.({ data: JSON.stringify(frame) });
    },
    /** Nothing runs for so long; then what was due runs late, once. */
    stands(ms: number) {
      now += ms;
      const due = timers.filter((t) => t.at <= now);
      timers = timers.filter((t) => t.at > now);
      for (const t of due) t.then();
    },
    passes(ms: number) {
      const until = now + ms;
      for (;;) {
        const [next] = timers.sort((a, b) => a.at - b.at);
        if (!next || next.at > until) break;
        now = next.at;
        timers = timers.filter((t) => t !== next);
        next.then();
      }
      now = until;
    },
  };
}
const HELLO = { type: 'hello', epoch: 'e 1', seq: 7, serverTime: '2026-03-01T04:00:00.000Z' };
const PING = { type: 'ping' };

describe('the link to the server', () => {
  it('asks for everything the first time, and for what it missed after that', () => {
    const l = aLink();
    l.link.start();
    expect(l.socket().path).toBe('/api/v1/live?pingEvery=1&drill=on');
    l.hears(HELLO);
    Object.assign(l.position, { epoch: 'e 1', seq: 7 });
    l.socket().onclose?.({ code: 1012 });
    l.passes(1_000);
    expect(l.socket().path).toBe('/api/v1/live?pingEvery=1&drill=on&after=7&epoch=e%201');
  });

  it('is live from the first word on, and down in the moment the socket closes', () => {
    const l = aLink();
    l.link.start();
    expect(l.state()).toBe('connecting');
    l.hears(HELLO);
    expect(l.state()).toBe('live');
    l.socket().onclose?.({ code: 1006 });
    expect(l.state()).toBe('down');
  });

  it('stays down, with one beginning, until the server has spoken again', () => {
    const l = aLink();
    l.link.start();
    l.hears(HELLO);
    l.passes(5_000);
    l.socket().onclose?.({ code: 1006 });
    l.passes(60_000);
    expect(l.state()).toBe('down');
    expect(l.states.filter((s) => s.is === 'down')).toEqual([{ is: 'down', since: 5_000 }]);
    l.link.hurry();
    l.hears(HELLO);
    expect(l.state()).toBe('live');
  });

  it('says that it is delayed when pings stay away, and reconnects after 25 s of silence', () => {
    const l = aLink();
    l.link.start();
    l.hears(HELLO);
    l.passes(10_000);
    l.hears(PING);
    expect(l.state()).toBe('live');
    l.passes(13_000);
    expect(l.state()).toBe('delayed');
    l.passes(12_000);
    expect(l.state()).toBe('down');
    expect(l.sockets[0]?.closed).toBe(true);
    l.passes(1_000);
    expect(l.sockets).toHaveLength(2);
  });

  it('of a server that pings every second it is delayed after 2 s, down after 3 s, and given up after 6 s', () => {
    const l = aLink();
    l.link.start();
    l.hears({ ...HELLO, pingEvery: 1 });
    l.passes(1_000);
    l.hears(PING);
    l.passes(1_900);
    expect(l.state()).toBe('live');
    l.passes(350);
    expect(l.state()).toBe('delayed');
    l.passes(1_000);
    // Since it was last heard, and not since we noticed.
    expect(l.states.at(-1)).toEqual({ is: 'down', since: 1_000 });
    expect(l.sockets[0]?.closed).toBe(false);
    l.hears(PING);
    expect(l.state()).toBe('live');
    l.passes(6_250);
    expect(l.sockets[0]?.closed).toBe(true);
  });

  it('a page that stood still hears first what has come meanwhile', () => {
    const l = aLink();
    l.link.start();
    l.hears({ ...HELLO, pingEvery: 1 });
    l.stands(4_000);
    expect(l.state()).toBe('live');
    l.hears(PING);
    l.passes(1_000);
    expect(l.state()).toBe('live');
    // And is not deceived for longer than that: where nothing came, the next look says so.
    l.stands(4_000);
    l.passes(250);
    expect(l.state()).toBe('down');
  });

  it('is live again with the next word after a delay', () => {
    const l = aLink();
    l.link.start();
    l.hears(HELLO);
    l.passes(14_000);
    l.hears(PING);
    expect(l.state()).toBe('live');
  });

  it('tries again ever more slowly, never slower than 5 s, and never all consoles at once', () => {
    expect([0, 1, 2, 3, 9].map((n) => retryDelay(n, 1))).toEqual([400, 800, 1_600, 3_200, 5_000]);
    expect(retryDelay(9, 0)).toBe(2_500);
  });

  it('asks whether the session still stands when a connection ended before it spoke, or said that it did not', () => {
    const l = aLink();
    l.link.start();
    l.socket().onclose?.({ code: 1006 });
    expect(l.refused()).toBe(1);
    l.passes(1_000);
    l.hears(HELLO);
    l.socket().onclose?.({ code: 1006 });
    expect(l.refused()).toBe(1);
    l.passes(1_000);
    l.hears(HELLO);
    l.socket().onclose?.({ code: LIVE_CLOSE.sessionEnded });
    expect(l.refused()).toBe(2);
  });

  it('says again after a reconnect which points it watches', () => {
    const l = aLink();
    l.link.watch(['P-1']);
    l.link.start();
    expect(l.socket().sent).toEqual([]);
    l.hears(HELLO);
    expect(l.socket().sent).toEqual(['{"type":"watch","points":["P-1"]}']);
    l.link.watch(['P-1']);
    expect(l.socket().sent).toHaveLength(1);
    l.socket().onclose?.({ code: 1006 });
    l.passes(1_000);
    l.hears(HELLO);
    expect(l.socket().sent).toEqual(['{"type":"watch","points":["P-1"]}']);
  });

  it('does not listen to a socket that it has given up', () => {
    const l = aLink();
    l.link.start();
    const old = l.socket();
    l.hears(HELLO);
    l.link.lost();
    expect(l.state()).toBe('down');
    old.onmessage?.({ data: JSON.stringify(PING) });
    expect(l.state()).toBe('down');
    expect(l.frames).toHaveLength(1);
  });

  it('does not wait when the network is back, and does nothing once stopped', () => {
    const l = aLink();
    l.link.start();
    l.link.lost();
    l.link.hurry();
    expect(l.sockets).toHaveLength(2);
    l.link.stop();
    l.link.hurry();
    l.passes(60_000);
    expect(l.sockets).toHaveLength(2);
  });
});
