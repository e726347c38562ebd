import { rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { type Duration, minutes, seconds } from '../../domain/time.ts';
import type { Clock } from '../../flow/ports/clock.ts';
import type { DeviceCredentials } from '../../flow/ports/device-keys.ts';
import type { Log } from '../../flow/ports/log.ts';
import type { Stock } from '../../flow/ports/stock.ts';
import { firstLine } from './lines.ts';
import { socketPlace } from './place.ts';
import type { ControlAnswer, ControlRequest, Hello } from './protocol.ts';
import { serveStock } from './stock-session.ts';

export type ControlSocketOptions = {
  /** The data directory, which this service has for itself alone. */
  readonly dir: string;
  readonly hello: Hello;
  /** What has the files of the history; `null` when the readings are kept elsewhere. */
  readonly history: { standStill(): Promise<number>; goOn(): Promise<void> } | null;
  readonly keys: Pick<DeviceCredentials, 'issue' | 'revoke'>;
  /** Stock data in and out; left out where nobody serves it. */
  readonly stock?: Stock;
  readonly clock: Clock;
  readonly log: Log;
  /** How long the history may stand still for one copy. */
  readonly stillAtMost?: Duration;
};

/** Whoever may open the socket is the service's own user. */
const COMMAND = { who: 'command', from: null } as const;
const ASK_WITHIN = seconds(5);
const CONNECTIONS_AT_MOST = 8;

/**
 * The door for programs of the same user on the same machine: `backup`, which needs the history to stand
 * still, `import` and `export`, which bring and fetch stock data, and `doctor`. The connection is the lease: when it ends, however it ends, the history goes on.
 */
export class ControlSocket {
  readonly #options: ControlSocketOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #letGoOfPlace: () => void = () => undefined;
  #still: Promise<void> | null = null;
  /** Who is making a copy. */
  #copier: Socket | null = null;

  constructor(options: ControlSocketOptions) {
    this.#options = options;
    this.#server = createServer((socket) => this.#meet(socket));
    this.#server.maxConnections = CONNECTIONS_AT_MOST;
  }

  /** A file system that knows no sockets costs the copy of a running service, and nothing else. */
  async start(): Promise<void> {
    try {
      await this.#listen();
    } catch (cause) {
      this.#options.log.warn(
        'the control socket cannot be opened: this service can be backed up only while it is stopped',
        {
          cause: String(cause),
        },
      );
    }
  }

  async #listen(): Promise<void> {
    const { path, letGo } = socketPlace(this.#options.dir);
    this.#letGoOfPlace = letGo;
    // Of a service that was killed: the directory's lock says that it is not there any more.
    rmSync(path, { force: true });
    const umask = process.umask(0o177);
    try {
      await new Promise<void>((resolve, reject) => {
        this.#server.once('error', reject);
        this.#server.listen({ path }, resolve);
      });
    } finally {
      process.umask(umask);
    }
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#letGoOfPlace();
    this.#letGoOfPlace = () => undefined;
    await this.#still;
  }

  #meet(socket: Socket): void {
    this.#sockets.add(socket);
    const tooLate = this.#options.clock.after(ASK_WITHIN, () => socket.destroy());
    socket.on('error', () => undefined);
    socket.once('close', () => {
      tooLate();
      this.#sockets.delete(socket);
    });
    void firstLine(socket).then((line) => {
      tooLate();
      const ask = line === null ? null : read(line);
      if (ask === null) socket.destroy();
      else if (ask.do === 'hello') tell(socket, { is: 'hello', ...this.#options.hello }).end();
      else if (ask.do === 'stock') this.#stock(socket);
      else if (ask.do === 'stand-still') void this.#standStill(socket);
      else
        void this.#answer(ask).then(
          (told) => tell(socket, told).end(),
          (cause: unknown) => tell(socket, { is: 'refused', why: String(cause) }).end(),
        );
    });
  }

  #stock(socket: Socket): void {
    const { stock, log } = this.#options;
    if (stock === undefined) tell(socket, { is: 'refused', why: 'this service takes no stock data' }).end();
    else {
      serveStock(socket, stock, log);
      tell(socket, { is: 'stock' });
    }
  }

  async #answer(
    ask: Extract<ControlRequest, { readonly do: 'issue-key' | 'revoke-key' }>,
  ): Promise<ControlAnswer> {
    const { keys } = this.#options;
    if (ask.do === 'issue-key') {
      const { holder, keepOld, areas } = ask;
      const issued = await keys.issue([holder], COMMAND, { keepOld, areas, strict: false });
      if (!issued.ok) return { is: 'refused', why: issued.error.detail.en };
      return { is: 'key-issued', secret: issued.value[0]?.secret ?? '' };
    }
    const revoked = await keys.revoke(ask.holder, COMMAND);
    if (!revoked.ok) return { is: 'refused', why: revoked.error.detail.en };
    return { is: 'key-revoked', cutOff: revoked.value.cutOff };
  }

  /** The history that stood still is not there any more: whoever copies it is told by the end of the connection. */
  giveUpCopy(): void {
    this.#copier?.destroy();
  }

  async #standStill(socket: Socket): Promise<void> {
    const { history, clock, log, stillAtMost = minutes(10) } = this.#options;
    if (history === null) {
      tell(socket, { is: 'still', cursor: null });
      return;
    }
    if (this.#still !== null) {
      tell(socket, { is: 'refused', why: 'another copy is being made at this moment' }).end();
      return;
    }
    const gone = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    const over = Promise.withResolvers<void>();
    this.#still = over.promise;
    this.#copier = socket;
    const endLease = clock.after(stillAtMost, () => {
      log.warn('a copy of the history took too long and was given up', { ms: stillAtMost });
      socket.destroy();
    });
    try {
      tell(socket, { is: 'still', cursor: await history.standStill() });
      log.info('the history stands still for a copy; readings wait in the spool');
      await gone;
    } catch (cause) {
      log.error('the history cannot stand still for a copy', { cause: String(cause) });
      tell(socket, { is: 'refused', why: String(cause) }).end();
    } finally {
      endLease();
      await history
        .goOn()
        .catch((cause) => log.error('the history does not go on', { cause: String(cause) }));
      this.#still = null;
      this.#copier = null;
      over.resolve();
    }
  }
}

function tell(socket: Socket, told: ControlAnswer): Socket {
  if (!socket.destroyed) socket.write(`${JSON.stringify(told)}\n`);
  return socket;
}

function read(line: string): ControlRequest | null {
  try {
    const ask = JSON.parse(line) as Record<string, unknown> | null;
    const { holder, keepOld, areas } = ask ?? {};
    switch (ask?.do) {
      case 'hello':
      case 'stand-still':
      case 'stock':
        return { do: ask.do };
      case 'revoke-key':
        return typeof holder === 'string' ? { do: ask.do, holder } : null;
      case 'issue-key': {
        if (typeof holder !== 'string' || typeof keepOld !== 'number' || !(keepOld >= 0)) return null;
        if (areas !== null && !(Array.isArray(areas) && areas.every((a) => typeof a === 'string')))
          return null;
        return { do: ask.do, holder, keepOld, areas };
      }
      default:
        return null;
    }
  } catch {
    return null;
  }
}
