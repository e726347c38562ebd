import { once } from 'node:events';
import { createServer } from 'node:net';
import { Aedes } from 'aedes';
import mqttPacket, { type IPublishPacket, type Packet } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { connectFrame, readingTemplate, stamp } from '../../bench/frames.ts';
import { generate } from '../../bench/generator.ts';
import { Histogram } from '../../bench/histogram.ts';

// What measures must itself be right: its packets are MQTT 3.1.1, its counts are the broker's counts.

function parsed(bytes: Buffer): Packet {
  const found: Packet[] = [];
  const parser = mqttPacket.parser({ protocolVersion: 4 });
  parser.on('packet', (p: Packet) => found.push(p));
  parser.parse(bytes);
  expect(found).toHaveLength(1);
  return found[0] as Packet;
}

describe('the load generator', () => {
  it('speaks MQTT 3.1.1', () => {
    expect(parsed(connectFrame('c-1', 'user', 'secret'))).toMatchObject({
      cmd: 'connect',
      protocolVersion: 4,
      clean: true,
      clientId: 'c-1',
      username: 'user',
    });
    const template = readingTemplate('D-1', 1);
    const bytes = Buffer.alloc(template.bytes.length);
    expect(stamp(template, bytes, 0, 4_711, 1_764_547_200_123)).toBe(bytes.length);
    const packet = parsed(bytes) as IPublishPacket;
    expect(packet).toMatchObject({ qos: 1, messageId: 4_711, topic: 'lifeline/v1/gas/D-1/telemetry' });
    const body = JSON.parse(String(packet.payload));
    expect(body.ts).toBe(1_764_547_200_123);
    expect(body.values.ch4).toBeGreaterThanOrEqual(1.2);
    expect(body.values.ch4).toBeLessThan(1.25);
  });

  it.each([0, 1] as const)(
    'counts what the broker counts, at QoS %i, and sends no instant twice',
    async (qos) => {
      const broker = await Aedes.createBroker({ concurrency: 0 });
      const seen = new Set<string>();
      let taken = 0;
      broker.authorizePublish = (_client, packet, callback) => {
        taken++;
        seen.add(`${packet.topic} ${String(packet.payload).slice(0, 20)}`);
        callback(null);
      };
      const server = createServer(broker.handle);
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const at = server.address();
      const port = typeof at === 'object' && at !== null ? at.port : 0;
      const [connections, devicesPerConnection] = [4, 3];
      const job = { label: 't', connections, devicesPerConnection, qos, window: 5, seconds: 0.3 };
      let started = 0;
      const outcome = await generate({ ...job, host: '127.0.0.1', port, rate: null }, () => started++);
      // One publish of every device to warm up, one of every connection to finish.
      expect(taken).toBe(outcome.sent + connections * (devicesPerConnection + 1));
      expect(seen.size).toBe(taken);
      expect(outcome.lost).toEqual([]);
      expect(outcome.sent).toBeGreaterThan(100);
      if (qos === 1) expect(outcome.acked).toBe(outcome.sent);
      expect(started).toBe(1);
      await new Promise<void>((resolve) => broker.close(resolve));
      server.close();
    },
  );

  it('tells quantiles within two percent', () => {
    const h = new Histogram();
    for (let i = 1; i <= 1_000; i++) h.add(i / 10);
    expect(h.quantile(0.5)).toBeGreaterThan(49);
    expect(h.quantile(0.5)).toBeLessThan(51);
    expect(h.summary()).toMatchObject({ n: 1_000, max: 100 });
    expect(h.quantile(0.99)).toBeGreaterThan(97);
  });
});
