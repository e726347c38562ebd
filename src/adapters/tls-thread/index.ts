import { createSecureContext } from 'node:tls';
import { Worker } from 'node:worker_threads';
import { seconds } from '../../domain/time.ts';
import type { Address, TlsMaterial } from '../../flow/ports/broker.ts';
import type { TlsHears, TlsListener, TlsSetup } from '../../flow/ports/tls-listener.ts';
import { Batches, type Hears, readBatch } from './batches.ts';
import { contextOf, type FromThread, type Setup, type ToThread } from './protocol.ts';
import { ThreadSocket } from './thread-socket.ts';

export { ThreadSocket };

/** After the thread has ended by itself, another one takes its place so much later. */
const AGAIN_AFTER = seconds(1);

type AboutOne = Extract<FromThread, { id: number }> & { is: Exclude<FromThread['is'], 'arrived'> };

/**
 * A listener whose TLS is ended in a thread of its own, so that neither records nor handshakes take time from judging:
 * what it hands over is what clients say within TLS. It takes TLS 1.2 and 1.3.
 */
export class TlsThread implements TlsListener {
  readonly #setup: Omit<TlsSetup, 'material'>;
  readonly #hears: TlsHears<ThreadSocket>;
  readonly #file: URL;
  readonly #sockets = new Map<number, ThreadSocket>();
  readonly #batches = new Batches((batch) => this.#worker?.postMessage(batch, [batch]));
  readonly #hearsBytes: Hears = {
    data: (id, bytes) => this.#sockets.get(id)?.heard(bytes),
    taken: (id, n) => this.#sockets.get(id)?.sent(n),
  };
  #material: TlsMaterial;
  #worker: Worker | null = null;
  #isClosed = false;

  /** @throws when the material is none. @param file of the thread; another one in tests */
  constructor(
    o: TlsSetup & { readonly hears: TlsHears<ThreadSocket> },
    file = new URL('./serve.ts', import.meta.url),
  ) {
    const { material, hears, ...setup } = o;
    createSecureContext(contextOf(material));
    this.#material = material;
    this.#setup = setup;
    this.#hears = hears;
    this.#file = file;
  }

  listen(host: string, port: number): Promise<Address> {
    return new Promise((resolve, reject) => {
      let address: Address | null = null;
      let crash: unknown = null;
      const setup: Setup = { ...this.#setup, material: this.#material, host, port };
      const worker = new Worker(this.#file, { name: 'mqtt tls', workerData: setup, execArgv: [] });
      this.#worker = worker;
      worker.on('message', (m: ArrayBuffer | FromThread) => {
        if (m instanceof ArrayBuffer) readBatch(m, this.#hearsBytes);
        else if (m.is === 'listening') {
          address = { host: m.host, port: m.port };
          resolve(address);
        } else if (m.is === 'deaf') {
          reject(new Error(m.why));
          void worker.terminate();
        } else this.#hear(m);
      });
      worker.on('messageerror', (e) => {
        crash = e;
        void worker.terminate();
      });
      worker.on('error', (e) => {
        crash = e;
      });
      worker.on('exit', (code) => {
        this.#worker = null;
        const why = crash instanceof Error ? crash.message : `exit code ${code}`;
        reject(new Error(`the thread for TLS has ended: ${why}`));
        for (const socket of [...this.#sockets.values()]) socket.gone('ECONNRESET');
        this.#sockets.clear();
        if (address !== null && !this.#isClosed) this.#again(address, why);
      });
    });
  }

  renew(material: TlsMaterial): void {
    createSecureContext(contextOf(material));
    this.#material = material;
    this.#tell({ is: 'renew', material });
  }

  close(): void {
    this.#isClosed = true;
    this.#tell({ is: 'close' });
  }

  async end(): Promise<void> {
    this.#isClosed = true;
    await this.#worker?.terminate();
  }

  /** Devices come back by themselves: to the same port. */
  #again({ host, port }: Address, why: string): void {
    this.#hears.trouble(
      `the thread for TLS has ended: ${why}; another one listens in ${AGAIN_AFTER / 1000} s, and devices connect again`,
    );
    setTimeout(() => {
      if (this.#isClosed) return;
      this.listen(host, port).catch((e: Error) => {
        if (!this.#isClosed) this.#again({ host, port }, e.message);
      });
    }, AGAIN_AFTER).unref();
  }

  #hear(m: Exclude<FromThread, { is: 'listening' | 'deaf' }>): void {
    if (m.is === 'arrived') this.#arrived(m.id, m.address, m.port);
    else if (m.is === 'full') this.#hears.full(m.address);
    else if (m.is === 'trouble') this.#hears.trouble(m.why);
    else {
      const socket = this.#sockets.get(m.id);
      // Otherwise destroyed on this side, which the thread did not know yet.
      if (socket !== undefined) this.#hearOf(socket, m);
    }
  }

  #hearOf(socket: ThreadSocket, m: AboutOne): void {
    if (m.is === 'ended') socket.ended();
    else if (m.is === 'finished') socket.finished();
    else if (m.is === 'secured') this.#hears.secured(socket, m.certificate);
    else if (m.is === 'failed') {
      this.#hears.failed(socket, m.code);
      socket.destroy();
    } else if (m.is === 'late') {
      this.#hears.late(socket);
      socket.destroy();
    } else {
      this.#sockets.delete(m.id);
      socket.gone(m.code);
    }
  }

  #arrived(id: number, address: string, port: number): void {
    const socket = new ThreadSocket(
      {
        data: (bytes) => this.#batches.data(id, bytes),
        taken: (bytes) => this.#batches.taken(id, bytes),
        end: () => this.#tell({ is: 'end', id }),
        destroy: () => {
          this.#sockets.delete(id);
          this.#tell({ is: 'destroy', id });
        },
      },
      address,
      port,
    );
    this.#sockets.set(id, socket);
    this.#hears.arrived(socket);
    if (!socket.destroyed) this.#tell({ is: 'admit', id });
  }

  #tell(m: ToThread): void {
    this.#batches.flush();
    this.#worker?.postMessage(m);
  }
}
