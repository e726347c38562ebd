import { connectAsync, type MqttClient } from 'mqtt';
import { WebSocket } from 'ws';
import type { Child } from './child.ts';
import { Histogram } from './histogram.ts';

export type Latency = {
  readonly path: string;
  readonly sent: number;
  readonly n: number;
  readonly p50: number | null;
  readonly p99: number | null;
  readonly max: number | null;
};

type Options = { readonly label: string; readonly perSecond: number; readonly seconds: number };

export const open = (target: Child): Promise<MqttClient> =>
  connectAsync({ host: target.mqtt.host, port: target.mqtt.port, protocol: 'mqtt', reconnectPeriod: 0 });

/** Publish → subscriber of the bare broker: the least that any path over MQTT can take here. */
export async function rawHop(bare: Child, o: Options): Promise<Latency> {
  const [publisher, subscriber] = [await open(bare), await open(bare)];
  const seen = new Histogram();
  const sentAt = new Map<string, number>();
  await subscriber.subscribeAsync('lifeline/v1/gas/+/telemetry', { qos: 1 });
  subscriber.on('message', (topic) => arrived(topic.split('/')[3] ?? '', sentAt, seen));
  const sent = await publishSteadily(publisher, o, sentAt);
  await settled(sentAt);
  await Promise.all([publisher.endAsync(), subscriber.endAsync()]);
  return { path: 'publish → subscriber (bare broker)', sent, ...seen.summary() };
}

/**
 * Publish → alarm frame on a console's WebSocket. Every publish is the first packet of a device of its own
 * with 60 %LEL methane: register, judge, raise, commit with a flush, push.
 */
export async function toConsole(service: Child, cookie: string, o: Options): Promise<Latency> {
  if (service.http === null) throw new Error(`${service.name} named no HTTP address`);
  const live = new URL('/api/v1/live', service.http);
  live.protocol = 'ws:';
  const socket = new WebSocket(live, { headers: { cookie, origin: new URL(service.http).origin } });
  const seen = new Histogram();
  const sentAt = new Map<string, number>();
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.on('message', (data) => {
      const frame = JSON.parse(String(data)) as {
        type: string;
        event?: string;
        alarm?: { pointCode: string };
      };
      if (frame.type === 'hello') resolve();
      if (frame.type === 'alarm' && frame.event === 'raised') {
        arrived(frame.alarm?.pointCode ?? '', sentAt, seen);
      }
    });
  });
  const publisher = await open(service);
  const sent = await publishSteadily(publisher, o, sentAt);
  await settled(sentAt);
  await publisher.endAsync();
  socket.close();
  return { path: 'publish → alarm on the WebSocket (service)', sent, ...seen.summary() };
}

function arrived(device: string, sentAt: Map<string, number>, seen: Histogram): void {
  const at = sentAt.get(device);
  if (at === undefined) return;
  seen.add(performance.now() - at);
  sentAt.delete(device);
}

export function publishSteadily(
  client: MqttClient,
  o: Options,
  sentAt: Map<string, number>,
): Promise<number> {
  return new Promise((resolve, reject) => {
    let n = 0;
    const timer = setInterval(() => {
      if (n >= o.perSecond * o.seconds) {
        clearInterval(timer);
        resolve(n);
        return;
      }
      const device = `${o.label}-${n++}`;
      sentAt.set(device, performance.now());
      client.publish(
        `lifeline/v1/gas/${device}/telemetry`,
        JSON.stringify({ ts: Date.now(), values: { ch4: 60 } }),
        { qos: 1 },
        (e) => {
          if (!e) return;
          clearInterval(timer);
          reject(e);
        },
      );
    }, 1000 / o.perSecond);
  });
}

/** Waits until everything arrived, at most five seconds; what is missing then shows in n < sent. */
export async function settled(sentAt: ReadonlyMap<string, number>): Promise<void> {
  for (let waited = 0; sentAt.size > 0 && waited < 5000; waited += 50) {
    await new Promise((r) => setTimeout(r, 50));
  }
}
