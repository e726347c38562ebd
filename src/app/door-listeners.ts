import { createDecipheriv } from 'node:crypto';
import type { DoorTcp } from '../adapters/door-tcp/index.ts';
import { minutes, seconds } from '../domain/time.ts';
import { Offenders } from '../flow/access/offenders.ts';
import { doorWay } from '../flow/commands/door-way.ts';
import { Frames } from '../flow/doors/frame-desk.ts';
import type { Address } from '../flow/ports/broker.ts';
import type { Doors } from '../flow/ports/doors.ts';
import type { WayDown } from '../flow/ports/down/ways.ts';
import type { DoorKey } from '../flow/ports/frames/frame-desk.ts';
import type { Ground } from './ground.ts';
import type { Storage } from './storage.ts';

/** A clock that is so far from the machine's own sets nobody else's. */
const DOUBTED = minutes(1);

export type DoorListeners = {
  readonly frames: Frames;
  /** Down to stations that are on a line. */
  readonly way: WayDown;
  /** Begins to listen, where a port is configured. @returns where, by door */
  start(): Promise<Readonly<Partial<Record<DoorKey, Address>>>>;
  stopAccepting(): void;
  stop(): Promise<void>;
};

/** Listeners for devices that speak a standard of their own. */
export function buildDoorListeners(
  { config, clock, log, meters, onStop, ahead }: Ground,
  { audit }: Pick<Storage, 'audit'>,
  doors: Doors,
): DoorListeners {
  const offenders = new Offenders({ audit, clock, meters, at: 'door' });
  onStop('tell the last offences at the doors', seconds(1), async () => offenders.close());
  const frames = new Frames({ doors, meters, noted: (device) => ahead.listens(device) });
  const keys = new Map(config.LIFELINE_DOOR_HJ212_KEYS.map((one) => one.split('=') as [string, string]));
  const where: Readonly<Record<DoorKey, { readonly host: string; readonly port: number | undefined }>> = {
    sl651: { host: config.LIFELINE_DOOR_SL651_HOST, port: config.LIFELINE_DOOR_SL651_PORT },
    hj212: { host: config.LIFELINE_DOOR_HJ212_HOST, port: config.LIFELINE_DOOR_HJ212_PORT },
    gb26875: { host: config.LIFELINE_DOOR_GB26875_HOST, port: config.LIFELINE_DOOR_GB26875_PORT },
    modbus: { host: config.LIFELINE_DOOR_MODBUS_HOST, port: config.LIFELINE_DOOR_MODBUS_PORT },
    szy206: { host: config.LIFELINE_DOOR_SZY206_HOST, port: config.LIFELINE_DOOR_SZY206_PORT },
  };
  const listeners: DoorTcp[] = [];
  const listening = new Map<DoorKey, DoorTcp>();
  return {
    frames,
    way: doorWay({ heardOf: (device) => frames.heardOf(device), door: (key) => listening.get(key) }),
    start: async () => {
      const open: Partial<Record<DoorKey, Address>> = {};
      for (const [door, { host, port }] of Object.entries(where) as [DoorKey, (typeof where)[DoorKey]][]) {
        if (port === undefined) continue;
        // Grammars of five standards: only where one is spoken.
        const { DoorTcp: Listener } = await import('../adapters/door-tcp/index.ts');
        const listener = new Listener({
          door,
          host,
          port,
          networks: config.LIFELINE_DOOR_NETWORKS,
          desk: frames,
          clock,
          isClockDoubted: () => Math.abs(clock.apart()) > DOUBTED,
          meters,
          log,
          offended: offenders.hear,
          unsealOf: (mn) => sm4(keys.get(mn)),
        });
        listeners.push(listener);
        listening.set(door, listener);
        open[door] = await listener.start();
      }
      return open;
    },
    stopAccepting: () => {
      for (const listener of listeners) listener.stopAccepting();
    },
    stop: async () => {
      await Promise.all(listeners.map((listener) => listener.stop()));
    },
  };
}

function sm4(key: string | undefined): ((blocks: Uint8Array) => Uint8Array) | null {
  if (key === undefined) return null;
  const bytes = Buffer.from(key, 'hex');
  return (blocks) => {
    const decipher = createDecipheriv('sm4-ecb', bytes, null).setAutoPadding(false);
    return new Uint8Array(Buffer.concat([decipher.update(blocks), decipher.final()]));
  };
}
