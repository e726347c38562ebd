import type { Connection, Container, EventContext, Receiver } from 'rhea';
import { seconds } from '../../domain/time.ts';
import type { Clock } from '../../flow/ports/clock.ts';
import type { Doors } from '../../flow/ports/doors.ts';
import type { Log } from '../../flow/ports/log.ts';
import type { Meters } from '../../flow/ports/meters.ts';
import { type AmqpPlace, idleOf, loginOf } from './place.ts';

/** Messages taken and not yet settled at most: what a platform keeps for us beyond that, it keeps. */
const UNSETTLED_AT_MOST = 200;
const AGAIN_FIRST = seconds(1);
const AGAIN_AT_MOST = seconds(30);

/**
 * Takes what another platform has queued for us by AMQP 1.0. A message is settled as accepted after the turn that kept
 * it, and not before: what was not settled comes again after the next connection.
 */
export class DoorAmqp {
  readonly #o: { place: AmqpPlace; doors: Doors; clock: Clock; log: Log; meters: Meters };
  readonly #connected: string;
  #container: Container | null = null;
  #connection: Connection | null = null;
  #again = AGAIN_FIRST;
  #cancel: () => void = () => undefined;
  #hasStopped = false;

  constructor(o: { place: AmqpPlace; doors: Doors; clock: Clock; log: Log; meters: Meters }) {
    this.#o = o;
    this.#connected = `amqp_connected{at="${o.place.shown.replace(/["\\\n]/g, '')}"}`;
  }

  /** Connects, and again whenever the connection is lost: nobody waits for it. */
  async start(): Promise<void> {
    // Only where there is a queue: a start waits for nothing that it does not need.
    const { default: rhea } = await import('rhea');
    if (this.#hasStopped) return;
    const container = rhea.create_container();
    this.#container = container;
    container.on('connection_open', ({ connection }: EventContext) => this.#opened(connection));
    // Asked for once the link stands at both ends: some queues send before they have said that it does.
    container.on('receiver_open', ({ receiver }: EventContext) => receiver?.add_credit(UNSETTLED_AT_MOST));
    container.on('message', (context: EventContext) => this.#message(context));
    container.on('disconnected', ({ connection, error }: EventContext) => {
      if (connection === this.#connection) this.#lost(String(error ?? 'the connection ended'));
    });
    // What it says of itself ends in a disconnection, which is where it is begun again.
    for (const event of ['connection_error', 'receiver_error', 'session_error', 'connection_close'])
      container.on(event, ({ connection, receiver }: EventContext) => {
        const why = receiver?.error ?? connection.error ?? event;
        this.#o.log.warn('the AMQP queue refused us', { at: this.#o.place.shown, why: String(why) });
        connection.close();
      });
    container.on('error', (error: Error) =>
      this.#o.log.warn('the AMQP queue cannot be understood', {
        at: this.#o.place.shown,
        why: String(error),
      }),
    );
    this.#connect();
  }

  /** What is not settled yet comes again after the next start. */
  async stop(): Promise<void> {
    this.#hasStopped = true;
    this.#cancel();
    const connection = this.#connection;
    this.#container = null;
    this.#connection = null;
    connection?.close();
  }

  #connect(): void {
    const { place, clock, meters } = this.#o;
    if (this.#container === null) return;
    meters.set(this.#connected, 0);
    const { host, port, tls } = place;
    this.#connection = this.#container.connect({
      host,
      port,
      reconnect: false,
      idle_time_out: idleOf(place),
      ...(tls ? { transport: 'tls' as const, servername: host } : {}),
      // Of a name that says the time, that of this very attempt.
      ...(place.user === null ? {} : loginOf(place, clock.now())),
    });
  }

  #opened(connection: Connection): void {
    const { place, log, meters } = this.#o;
    this.#again = AGAIN_FIRST;
    meters.set(this.#connected, 1);
    log.info('connected to the AMQP queue', { at: place.shown });
    const receiver = { credit_window: 0, autoaccept: false };
    // Aliyun knows the subscription by the user name.
    connection.open_receiver(place.sign === 'aliyun' ? receiver : { source: place.queue, ...receiver });
  }

  #message({ message, delivery, receiver }: EventContext): void {
    const { doors, place, clock, log } = this.#o;
    const mapping = doors.mappings.of(place.mapping)?.inForce;
    if (message === undefined || delivery === undefined || receiver === undefined) return;
    if (mapping?.protocol !== 'json') {
      // It stays with the platform; without new credit no other comes until the next connection.
      log.error('the AMQP queue has no mapping', { at: place.shown, mapping: place.mapping });
      delivery.release({});
      return;
    }
    doors.take({ mapping, bytes: bytesOf(message.body), qos: 1, receivedAt: clock.now() }, (outcome) => {
      if (outcome !== 'kept' || this.#container === null) return;
      delivery.accept();
      more(receiver);
    });
  }

  #lost(why: string): void {
    const { place, log, meters, clock } = this.#o;
    if (this.#container === null) return;
    this.#connection = null;
    meters.set(this.#connected, 0);
    log.warn('the AMQP queue is away', { at: place.shown, why, againInMs: this.#again });
    this.#cancel = clock.after(this.#again, () => this.#connect());
    this.#again = Math.min(this.#again * 2, AGAIN_AT_MOST);
  }
}

const more = (receiver: Receiver): void => {
  if (receiver.is_open()) receiver.add_credit(1);
};

/** Text, bytes, or a value that JSON can say: as a platform's client library made it. */
function bytesOf(body: unknown): Uint8Array {
  const held = (body as { content?: unknown } | null)?.content ?? body;
  if (held instanceof Uint8Array) return held;
  return new TextEncoder().encode(typeof held === 'string' ? held : (JSON.stringify(held) ?? ''));
}
