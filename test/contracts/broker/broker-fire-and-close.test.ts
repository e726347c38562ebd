import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { generate, type Packet as MqttPacket } from 'mqtt-packet';
import { afterEach, describe, expect, test } from 'vitest';
import { publishesIn } from '../../../src/adapters/broker-aedes/early-packets.ts';
import { RawClient, startBroker, status, telemetry, testGate } from './broker-bench.ts';

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

const hello = (clientId: string, more: object = {}): MqttPacket => ({
  cmd: 'connect',
  protocolId: 'MQTT',
  protocolVersion: 4,
  clientId,
  clean: true,
  keepalive: 30,
  ...more,
});
const publish = (n: number, qos: 0 | 1 | 2 = 0, topic = telemetry('DEV-A')): MqttPacket => ({
  cmd: 'publish',
  topic,
  payload: `${n}`,
  qos,
  dup: false,
  retain: false,
  ...(qos === 0 ? {} : { messageId: n }),
});
const goodbye: MqttPacket = { cmd: 'disconnect' };
const bytes = (...packets: MqttPacket[]): Buffer => Buffer.concat(packets.map((p) => generate(p)));

/** How a client goes once it has said everything. */
const GOES: Record<string, (socket: Socket) => void> = {
  'by FIN': (socket) => socket.end(),
  'by FIN 50 ms later': (socket) => void setTimeout(() => socket.end(), 50),
  'by RST': (socket) => void socket.resetAndDestroy(),
};

/** [MQTT-3.1.4-5]: a client may send before it has its CONNACK; and a sensor on a battery waits for nothing. */
describe('a client that says all and goes', () => {
  const dial = async (port: number): Promise<Socket> => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true }).on('error', () => undefined);
    await once(socket, 'connect');
    return socket.resume();
  };
  const written = (socket: Socket, chunk: Buffer) =>
    new Promise<void>((resolve) => socket.write(chunk, () => resolve()));

  const credentials = { username: 'DEV-A', password: Buffer.from('secret') };
  const cases = Object.keys(GOES).flatMap((goes) =>
    ([0, 1, 2] as const).flatMap((qos) =>
      [1, 5].flatMap((count) =>
        ['anonymous', 'with credentials'].map((who) => [goes, qos, count, who] as const),
      ),
    ),
  );
  test.each(cases)(
    '%s, at QoS %i, after %i packets, %s: every packet arrives',
    async (goes, qos, count, who) => {
      const { port, intake } = await startBroker(stops);
      const socket = await dial(port);
      const numbers = Array.from({ length: count }, (_, i) => i + 1);
      const more = who === 'anonymous' ? {} : credentials;
      await written(socket, bytes(hello('DEV-A', more), ...numbers.map((n) => publish(n, qos)), goodbye));
      GOES[goes]?.(socket);
      await intake.has(count);
      expect(intake.texts()).toEqual(numbers.map(String));
      expect(intake.taken.every((p) => p.qos === qos && p.topic === telemetry('DEV-A'))).toBe(true);
    },
  );

  test.each(Object.keys(GOES))('%s, while the gate still asks who it is: it arrives', async (goes) => {
    let answer: () => void = () => undefined;
    let asked: () => void = () => undefined;
    const isAsked = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const { port, intake } = await startBroker(stops, {
      gate: async (who) => {
        asked();
        await new Promise<void>((resolve) => {
          answer = resolve;
        });
        return testGate(who);
      },
    });
    const socket = await dial(port);
    await written(socket, bytes(hello('DEV-A', credentials), publish(1), goodbye));
    await isAsked;
    GOES[goes]?.(socket);
    await once(socket, 'close');
    answer();
    await intake.has(1);
    expect(intake.texts()).toEqual(['1']);
  });

  test('CONNECT first and the rest with the end: it arrives, and the client has its CONNACK', async () => {
    const { port, intake } = await startBroker(stops);
    const client = await RawClient.dial(port);
    client.send(bytes(hello('DEV-A')));
    client.send(bytes(publish(1), publish(2), goodbye));
    client.socket.end();
    expect((await client.next('connack')).returnCode).toBe(0);
    await client.ended();
    expect(intake.texts()).toEqual(['1', '2']);
  });

  test('what was cut off in the middle, what comes after DISCONNECT, and what is no MQTT, was not said', () => {
    const said = (chunk: Uint8Array) => publishesIn(chunk).map((p) => String(p.payload));
    const [one, two] = [bytes(publish(1)), bytes(publish(2))];
    for (let n = 0; n < two.length; n++)
      expect(said(Buffer.concat([one, two.subarray(0, n)]))).toEqual(['1']);
    expect(said(Buffer.concat([one, bytes(goodbye), two]))).toEqual(['1']);
    expect(said(Buffer.concat([one, Buffer.from([0x00, 0xff, 0xff, 0xff, 0xff, 0xff]), two]))).toEqual(['1']);
    expect(said(Buffer.concat(Array(5_000).fill(one)))).toHaveLength(100);
    expect(said(Buffer.alloc(0))).toEqual([]);
  });

  test('a subscriber gets what it said', async () => {
    for (const goes of Object.values(GOES)) {
      const { port } = await startBroker(stops);
      const subscriber = await RawClient.connect(port, { clientId: 'reader' });
      await subscriber.subscribe('lifeline/v1/gas/#', 1);
      const socket = await dial(port);
      await written(socket, bytes(hello('DEV-A'), publish(1, 0, status('DEV-A')), goodbye));
      goes(socket);
      expect(String((await subscriber.next('publish')).payload)).toBe('1');
    }
  });

  test('with a wrong password, or on a foreign topic, nothing arrives by that way either', async () => {
    for (const goes of Object.values(GOES)) {
      const { port, intake, meters } = await startBroker(stops);
      const say = async (...packets: MqttPacket[]) => {
        const socket = await dial(port);
        await written(socket, bytes(...packets));
        goes(socket);
      };
      const wrong = { username: 'DEV-A', password: Buffer.from('wrong') };
      await say(hello('DEV-A', wrong), publish(1), goodbye);
      await say(hello('DEV-A', credentials), publish(2, 0, telemetry('DEV-B')), goodbye);
      await say(hello('DEV-A', credentials), publish(4), goodbye);
      await intake.has(1);
      expect(intake.texts()).toEqual(['4']);
      expect(meters.counter('mqtt_refused_total{why="credential"}')).toBe(1);
      expect(meters.counter('mqtt_cut_off_total{why="topic-forbidden"}')).toBe(1);
    }
  });

  test('whoever is connected under that client id stays so when a reset one has come and gone', async () => {
    const { port, intake } = await startBroker(stops);
    const holder = await RawClient.connect(port, { clientId: 'DEV-A', username: 'DEV-A' });
    const socket = await dial(port);
    await written(socket, bytes(hello('DEV-A', credentials), publish(1), goodbye));
    socket.resetAndDestroy();
    await intake.has(1);
    holder.publish(telemetry('DEV-A'), '2', 0);
    const other = await RawClient.dial(port);
    other.hello({ clientId: 'DEV-A', username: 'DEV-B' });
    expect((await other.next('connack')).returnCode).toBe(2);
  });
});
