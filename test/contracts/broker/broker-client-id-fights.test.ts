import { afterEach, describe, expect, test } from 'vitest';
import { ClientIdFights } from '../../../src/adapters/broker-aedes/client-id-fights.ts';
import type { Offence } from '../../../src/flow/ports/broker.ts';
import { RawClient, startBroker } from './broker-bench.ts';

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

describe('two devices with one client id', () => {
  test.each([
    ['127.0.0.2', '127.0.0.3', 'client id "DEV-A" of a device', { username: 'DEV-A' }],
    ['127.0.0.2', '127.0.0.3', 'client id of nobody in particular', {}],
  ])('at %s and %s are told once, with both addresses: %s', async (here, there, _, who) => {
    const offences: Offence[] = [];
    const { port, meters, log } = await startBroker(stops, { offended: (o) => offences.push(o) });
    for (let round = 0; round < 10; round++)
      for (const from of [here, there]) await RawClient.connect(port, { clientId: 'DEV-A', from, ...who });
    expect(meters.counter('mqtt_taken_over_total')).toBe(19);
    expect(meters.counter('mqtt_client_id_fights_total')).toBe(17);
    const told = log.lines.filter((l) => l.fields.clientId === 'DEV-A');
    expect(told).toHaveLength(1);
    expect(told[0]?.fields.addresses).toBe(`${here}, ${there}`);
    expect(new Set(offences.map((o) => `${o.code} ${o.address}`))).toEqual(
      new Set([`client-id-fight ${here}`]),
    );
    expect(offences[0]?.why).toContain(`${here} and ${there}`);
  });
});

describe('a device that comes again', () => {
  const many = (f: ClientIdFights, n: number, addresses: readonly string[]) =>
    Array.from({ length: n }, (_, i) =>
      f.takenOver(
        'D',
        addresses[i % addresses.length] as string,
        addresses[(i + 1) % addresses.length] as string,
      ),
    );

  test('from the same address is no fight, unless it does so all the time', () => {
    expect(many(new ClientIdFights(() => 0), 5, ['a'])).toEqual(Array(5).fill(null));
    expect(many(new ClientIdFights(() => 0), 6, ['a']).at(-1)).toEqual(['a']);
  });

  test('over another network is none, unless it goes to and fro', () => {
    expect(many(new ClientIdFights(() => 0), 2, ['b', 'a'])).toEqual([null, null]);
    expect(many(new ClientIdFights(() => 0), 3, ['b', 'a']).at(-1)).toEqual(['a', 'b']);
  });

  test('now and then is none, however long', () => {
    let now = 0;
    const fights = new ClientIdFights(() => now);
    for (let i = 0; i < 1_000; i++) {
      expect(fights.takenOver('D', 'a', 'b')).toBeNull();
      now += 30_000;
    }
  });
});
