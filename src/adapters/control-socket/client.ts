import { existsSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { firstLine } from './lines.ts';
import { socketPlace } from './place.ts';
import type { ControlAnswer, ControlRequest, Hello } from './protocol.ts';
import { StockClient } from './stock-client.ts';

export type { Hello } from './protocol.ts';

/** The service answered, and will not do it. */
export class Refused extends Error {
  constructor(why: string) {
    super(why);
    this.name = 'Refused';
  }
}

/** Who serves this data directory; `null`: nobody answers there. */
export async function whoServes(dir: string, withinMs = 3_000): Promise<Hello | null> {
  const asked = await ask(dir, { do: 'hello' }, withinMs);
  asked?.socket.destroy();
  return asked?.told.is === 'hello' ? asked.told : null;
}

export type Stillness = {
  /** Of the history in its files; `null` when the readings are not kept in this directory. */
  readonly cursor: number | null;
  /** Aborted when the service has ended the stillness, or itself. */
  readonly lost: AbortSignal;
  /** The service may go on. */
  end(): void;
};

/**
 * Has the service leave the files of its history alone until `end`; `null`: nobody answers there.
 *
 * @throws Refused
 */
export async function standStill(dir: string, withinMs = 60_000): Promise<Stillness | null> {
  const asked = await ask(dir, { do: 'stand-still' }, withinMs);
  if (asked === null) return null;
  const { told, socket } = asked;
  if (told.is !== 'still') {
    socket.destroy();
    throw new Refused(told.is === 'refused' ? told.why : 'the service answered something else');
  }
  const lost = new AbortController();
  let ended = false;
  socket.once('close', () => {
    if (!ended) lost.abort(new Error('the service ended the stillness of its history'));
  });
  return {
    cursor: told.cursor,
    lost: lost.signal,
    end: () => {
      ended = true;
      socket.destroy();
    },
  };
}

/**
 * The door for stock data of the service that serves this directory; `null`: nobody answers there.
 *
 * @throws Refused
 */
export async function openStock(dir: string, withinMs = 10_000): Promise<StockClient | null> {
  const asked = await ask(dir, { do: 'stock' }, withinMs);
  if (asked === null) return null;
  const { told, socket } = asked;
  if (told.is === 'stock') return new StockClient(socket);
  socket.destroy();
  throw new Refused(told.is === 'refused' ? told.why : 'the service answered something else');
}

/**
 * Has the service issue or revoke; `null`: nobody answers there.
 *
 * @throws Refused
 */
export async function askForKey<
  A extends Extract<ControlRequest, { readonly do: 'issue-key' | 'revoke-key' }>,
>(
  dir: string,
  what: A,
): Promise<Extract<
  ControlAnswer,
  { readonly is: A['do'] extends 'issue-key' ? 'key-issued' : 'key-revoked' }
> | null> {
  const asked = await ask(dir, what, 10_000);
  if (asked === null) return null;
  asked.socket.destroy();
  const { told } = asked;
  if (told.is === 'key-issued' || told.is === 'key-revoked') return told as never;
  throw new Refused(told.is === 'refused' ? told.why : 'the service answered something else');
}

async function ask(
  dir: string,
  what: ControlRequest,
  withinMs: number,
): Promise<{ told: ControlAnswer; socket: Socket } | null> {
  if (!existsSync(dir)) return null;
  const { path, letGo } = socketPlace(dir);
  const socket = connect({ path });
  socket.on('error', () => undefined);
  socket.once('close', letGo);
  const tooLate = setTimeout(() => socket.destroy(), withinMs);
  socket.write(`${JSON.stringify(what)}\n`);
  const line = await firstLine(socket);
  clearTimeout(tooLate);
  if (line !== null) return { told: JSON.parse(line) as ControlAnswer, socket };
  socket.destroy();
  return null;
}
