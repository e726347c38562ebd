import { afterEach, describe, expect, test } from 'vitest';
import { gb26875Speech } from '../../../simulators/doors/gb26875.ts';
import { hj212Speech } from '../../../simulators/doors/hj212.ts';
import { sl651Speech } from '../../../simulators/doors/sl651.ts';
import type { Speech } from '../../../simulators/doors/speech.ts';
import { eventually } from '../../support/eventually.ts';
import { DoorRig, type Peer } from './door-rig.ts';

type Answered = 'sl651' | 'hj212' | 'gb26875';
const SPEECHES: Record<Answered, () => Speech> = {
  sl651: () => sl651Speech(['depth']),
  hj212: () => hj212Speech(),
  gb26875: () => gb26875Speech(['depth']),
};
const AT = Date.UTC(2026, 7, 1, 1, 30);

let rig: DoorRig | null = null;
afterEach(async () => {
  await rig?.close();
  rig = null;
});

/** The keys of the answers so far. */
const keys = (speech: Speech, peer: Peer) => speech.listener()(peer.heard);

describe.each(Object.keys(SPEECHES) as Answered[])('the door for %s', (door) => {
  const speech = SPEECHES[door]();
  const frame = (n: number, station = 1) =>
    speech.report(speech.station(station), n, { at: AT + n * 60_000, values: { depth: n } });
  const open = async (more: ConstructorParameters<typeof DoorRig>[1] = {}) => {
    rig = await new DoorRig(door, more).open();
    return rig;
  };

  test('answers when a frame is kept and not before, in the order of the frames', async () => {
    const r = await open();
    r.keeps = 'later';
    const peer = await r.dial();
    const frames = [0, 1, 2].map((n) => frame(n));
    for (const { bytes } of frames) peer.say(bytes);
    await eventually(async () => r.taken.length === 3);
    r.taken[1]?.release('kept');
    r.taken[2]?.release('kept');
    await new Promise((resolve) => setImmediate(resolve));
    expect(peer.heard.length).toBe(0);
    r.taken[0]?.release('kept');
    await eventually(async () => keys(speech, peer).length === 3);
    expect(keys(speech, peer)).toEqual(frames.map((f) => f.key));
  });

  test('closes the line of a frame that could not be kept, unanswered', async () => {
    const r = await open();
    r.keeps = 'later';
    const peer = await r.dial();
    peer.say(frame(0).bytes);
    await eventually(async () => r.taken.length === 1);
    r.taken[0]?.release('failed');
    await peer.closed();
    expect(peer.heard.length).toBe(0);
  });

  test('a frame that nobody can map is set aside with its bytes, and answered', async () => {
    const r = await open();
    r.known = () => false;
    const peer = await r.dial();
    peer.say(frame(0).bytes);
    await eventually(async () => keys(speech, peer).length === 1);
    const kept = r.taken[0]?.frame.bytes as Uint8Array;
    // But for the end of the line, which is none of the frame.
    expect(kept).toEqual(frame(0).bytes.subarray(0, kept.length));
    expect(kept.length).toBeGreaterThan(frame(0).bytes.length - 3);
    expect(r.offences).toMatchObject([{ code: 'unknown-station' }]);
  });

  test('what strangers send is set aside twenty times, then counted only, and not answered', async () => {
    const r = await open();
    r.known = () => false;
    const peer = await r.dial();
    for (let n = 0; n < 100; n++) peer.say(frame(n).bytes);
    await eventually(async () => r.meters.sum('door_unknown_dropped_total') >= 79);
    expect(r.taken.length).toBeLessThanOrEqual(21);
    await eventually(async () => keys(speech, peer).length >= r.taken.length);
    expect(keys(speech, peer).length).toBe(r.taken.length);
  });

  test('noise without a frame ends the line after 4 KiB, and half a frame after its time', async () => {
    const r = await open();
    const noisy = await r.dial();
    noisy.say(Buffer.alloc(8_192, 0x55));
    await noisy.closed();
    const half = await r.dial();
    half.say(frame(0).bytes.subarray(0, 12));
    await eventually(async () => r.meters.sum('door_bytes_total') === 8_192 + 12);
    r.clock.forward(120_000);
    await half.closed();
    expect(r.taken).toEqual([]);
    expect(r.offences.map((o) => o.code)).toEqual(['no-frame', 'late']);
  });

  test('the noise of a line that has spoken is bounded, too', async () => {
    const r = await open();
    const peer = await r.dial();
    peer.say(frame(0).bytes);
    await eventually(async () => r.taken.length === 1);
    peer.say(Buffer.alloc(80_000, 0x55));
    await peer.closed();
    expect(r.offences.at(-1)?.code).toBe('noise');
  });

  test('a line that says nothing is closed when it has been idle for long', async () => {
    const r = await open();
    const peer = await r.dial();
    peer.say(frame(0).bytes);
    await eventually(async () => keys(speech, peer).length === 1);
    r.clock.forward(20 * 60_000);
    await peer.closed();
    expect(r.meters.counter(`door_cut_off_total{door="${door}",why="idle"}`)).toBe(1);
  });

  test('a station that comes back takes its line over by a good frame, and that is traced', async () => {
    const r = await open();
    const old = await r.dial();
    old.say(frame(0).bytes);
    await eventually(async () => r.taken.length === 1);
    const back = await r.dial();
    back.say(frame(1).bytes.subarray(0, 20));
    await eventually(async () => r.meters.sum('door_bytes_total') > frame(0).bytes.length);
    expect(old.isClosed).toBe(false);
    back.say(frame(1).bytes.subarray(20));
    await old.closed();
    expect(r.offences).toMatchObject([{ code: 'line-taken-over' }]);
  });

  test('a line that speaks for ever more stations is closed', async () => {
    const r = await open({ limits: { stationsPerLine: 3 } });
    const peer = await r.dial();
    for (let s = 1; s <= 5; s++) peer.say(frame(0, s).bytes);
    await peer.closed();
    expect(r.offences.at(-1)?.code).toBe('too-many-stations');
  });

  test('is not read further while too much of it is not released', async () => {
    const r = await open({ limits: { heldBytesPerLine: 4_000 } });
    r.keeps = 'later';
    const peer = await r.dial();
    peer.say(frame(0).bytes);
    await eventually(async () => r.taken.length === 1);
    for (let n = 1; n < 2_000; n++) peer.say(frame(n).bytes);
    await eventually(async () => r.taken.length > 8);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const held = r.taken.length;
    expect(held).toBeLessThan(1_500);
    r.keeps = 'at-once';
    for (const { release } of r.taken) release('kept');
    await eventually(async () => r.taken.length === 2_000);
    await eventually(async () => keys(speech, peer).length === 2_000);
    expect(keys(speech, peer)).toEqual(Array.from({ length: 2_000 }, (_, n) => frame(n).key));
  });

  test('a flood is read at the pace of a line', async () => {
    const r = await open({ limits: { framesPerSecond: 10, framesAtOnce: 50 } });
    const peer = await r.dial();
    for (let n = 0; n < 400; n++) peer.say(frame(n).bytes);
    await eventually(async () => r.meters.sum('door_slowed_total') > 0);
    for (let i = 0; i < 60; i++) {
      r.clock.forward(1_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await eventually(async () => {
      r.clock.forward(1_000);
      return keys(speech, peer).length === 400;
    });
  });

  test('whoever comes from another network is not let in, and that is traced', async () => {
    const r = await open({ networks: ['10.0.0.0/8'] });
    const peer = await r.dial();
    await peer.closed();
    expect(r.offences).toMatchObject([{ code: 'network' }]);
  });
});
