import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect as connectTcp, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import { setTimeout as after } from 'node:timers/promises';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { generate } from 'mqtt-packet';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { TlsThread } from '../../../src/adapters/tls-thread/index.ts';
import { Authority, textsOf } from '../../support/certificates.ts';
import { startBroker, telemetry } from './broker-bench.ts';

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

const said = (qos: 0 | 1): Buffer =>
  Buffer.concat([
    generate({
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: 4,
      clientId: 'DEV-A',
      clean: true,
      keepalive: 30,
    }),
    generate({
      cmd: 'publish',
      topic: telemetry('DEV-A'),
      payload: '{"values":{"ch4":60}}',
      qos,
      dup: false,
      retain: false,
      ...(qos === 0 ? {} : { messageId: 1 }),
    }),
    generate({ cmd: 'disconnect' }),
  ]);

/** A TCP socket below TLS that keeps back what is written while it is held, so that all of it leaves in one segment. */
class Held extends Duplex {
  readonly #below: Socket;
  #kept: Buffer[] | null = null;

  constructor(below: Socket) {
    super();
    this.#below = below;
    below.on('data', (bytes) => this.push(bytes));
    below.on('end', () => this.push(null));
    below.on('error', () => undefined);
    below.on('close', () => this.destroy());
  }
  hold(): void {
    this.#kept = [];
  }
  /** With the FIN behind it. */
  letGo(): void {
    this.#below.end(Buffer.concat(this.#kept ?? []));
    this.#kept = null;
  }
  override _read(): void {}
  override _write(bytes: Buffer, _: string, done: () => void): void {
    if (this.#kept === null) this.#below.write(bytes);
    else this.#kept.push(bytes);
    done();
  }
  override _final(done: () => void): void {
    done();
  }
  override _destroy(_: Error | null, done: () => void): void {
    this.#below.destroySoon();
    done();
  }
}

/** What the client does once TLS has come about. */
const GOES: Record<string, (tls: TLSSocket, below: Held, bytes: Buffer) => Promise<void>> = {
  'all of it, close_notify and FIN in one segment': async (tls, below, bytes) => {
    below.hold();
    await new Promise<void>((resolve) => tls.end(bytes, () => resolve()));
    below.letGo();
  },
  'all of it and FIN in one segment, without close_notify': async (tls, below, bytes) => {
    below.hold();
    await new Promise<void>((resolve) => tls.write(bytes, () => resolve()));
    below.letGo();
  },
  'close_notify and FIN 50 ms later': async (tls, _, bytes) => {
    tls.write(bytes);
    await after(50);
    tls.end();
  },
};

describe('a client that says all over TLS and goes', () => {
  const dir = mkdtempSync(join(tmpdir(), 'fire-and-close-'));
  let authority: Authority;
  let material: { cert: string; key: string; ca: null };
  beforeAll(() => {
    authority = new Authority(dir);
    material = { ...textsOf(authority.issue('localhost')), ca: null };
  });
  afterAll(() => rmSync(dir, { recursive: true }));

  const cases = Object.keys(GOES).flatMap((goes) =>
    (['TLSv1.2', 'TLSv1.3'] as const).flatMap((version) =>
      ([0, 1] as const).map((qos) => [goes, version, qos] as const),
    ),
  );
  test.each(cases)('%s, over %s, at QoS %i: every one of five arrives', async (goes, version, qos) => {
    const { tlsPort, intake } = await startBroker(stops, {
      tls: { host: '127.0.0.1', port: 0, ...material, open: (o) => new TlsThread(o) },
    });
    for (let n = 1; n <= 5; n++) {
      const tcp = connectTcp({ port: tlsPort as number, host: '127.0.0.1', noDelay: true });
      const below = new Held(tcp);
      const tls = connectTls({
        socket: below,
        servername: 'localhost',
        ca: textsOf(authority.pair).cert,
        minVersion: version,
        maxVersion: version,
      });
      tls.on('error', () => undefined).resume();
      await once(tls, 'secureConnect');
      await GOES[goes]?.(tls, below, said(qos));
      await intake.has(n);
    }
    expect(intake.texts()).toEqual(Array(5).fill('{"values":{"ch4":60}}'));
  });
});
