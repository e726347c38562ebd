import { describe, expect, test } from 'vitest';
import {
  MQTT_CLIENTS,
  type MqttClientKind,
  type MqttReach,
  TOPIC_RIGHTS,
  type TopicKind,
} from '../../../src/domain/account/mqtt-rights.ts';
import { as } from '../../../src/domain/ids.ts';
import type { Admission, Offence } from '../../../src/flow/ports/broker.ts';
import { type Bench, RawClient, startBroker } from './broker-bench.ts';

const CLIENTS = Object.keys(MQTT_CLIENTS) as MqttClientKind[];
const TOPICS = Object.keys(TOPIC_RIGHTS) as TopicKind[];
/** Of a device bound to its code, of a system bound to 341602, and of others. */
const OF = {
  own: { device: 'DEV-A', areaCode: '341602' },
  foreign: { device: 'DEV-B', areaCode: '341621' },
} as const;
type Whose = keyof typeof OF;

const topicOf = (kind: TopicKind, whose: Whose): string =>
  kind
    .replace('{lifeline}', 'gas')
    .replace('{level}', '1')
    .replace('{unit}', 'gas-crew')
    .replace('{device}', OF[whose].device)
    .replace('{areaCode}', OF[whose].areaCode);

const gate = async ({ username }: { username: string | null }): Promise<Admission> => {
  switch (username) {
    case 'DEV-A':
      return { as: 'device', device: as.device('DEV-A') };
    case 'system:gis':
      return { as: 'system', name: 'gis', areas: null };
    case 'system:qiaocheng':
      return { as: 'system', name: 'qiaocheng', areas: ['341602'] };
    case 'trying':
      return { as: 'anonymous' };
    default:
      return { as: 'refused', why: 'no credential' };
  }
};
const NAMES: { readonly [client in MqttClientKind]: string | null } = {
  device: 'DEV-A',
  'system-of-areas': 'system:qiaocheng',
  system: 'system:gis',
  anonymous: 'trying',
  nobody: null,
};

type Scene = Bench & { readonly offences: Offence[] };

async function opened(run: (scene: Scene) => Promise<void>): Promise<void> {
  const stops: (() => unknown)[] = [];
  const offences: Offence[] = [];
  try {
    await run({ ...(await startBroker(stops, { gate, offended: (o) => offences.push(o) })), offences });
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

/** @returns `null` for nobody, who gets a CONNACK 5 and nothing else */
async function joined(client: MqttClientKind, { port, offences }: Scene): Promise<RawClient | null> {
  const username = NAMES[client];
  const raw = await RawClient.dial(port);
  raw.hello(username === null ? {} : { clientId: username, username });
  const { returnCode } = await raw.next('connack');
  if (username !== null) {
    expect(returnCode).toBe(0);
    return raw;
  }
  expect(returnCode).toBe(5);
  await raw.ended();
  expect(offences).toMatchObject([{ code: 'credential' }]);
  return null;
}

const reaches = (reach: MqttReach, whose: Whose) => reach === 'any' || (reach === 'own' && whose === 'own');
const CASES = TOPICS.flatMap((kind) => (['own', 'foreign'] as const).map((whose) => [kind, whose] as const));

describe.each(CLIENTS)('%s', (client) => {
  test.each(CASES)('publishes on %s, %s, as the table says', async (kind, whose) => {
    await opened(async (scene) => {
      const raw = await joined(client, scene);
      const may = reaches(TOPIC_RIGHTS[kind][client][0], whose);
      if (raw === null) return expect(may).toBe(false);
      const topic = topicOf(kind, whose);
      raw.publish(topic, 'x', 1, 7);
      if (may) {
        await raw.next('puback');
        expect(scene.intake.taken.map((p) => p.topic)).toEqual([topic]);
        expect(scene.offences).toEqual([]);
      } else {
        await raw.ended();
        expect(raw.got).toEqual([]);
        expect(scene.intake.taken).toEqual([]);
        expect(scene.offences).toMatchObject([{ code: 'topic-forbidden' }]);
      }
      raw.drop();
    });
  });

  test.each(CASES)('hears %s, %s, as the table says', async (kind, whose) => {
    await opened(async (scene) => {
      const raw = await joined(client, scene);
      const may = reaches(TOPIC_RIGHTS[kind][client][1], whose);
      if (raw === null) return expect(may).toBe(false);
      const topic = topicOf(kind, whose);
      const granted = await raw.subscribe(topic, 1);
      expect(granted).toBe(may ? 1 : 128);
      expect(scene.offences).toMatchObject(may ? [] : [{ code: 'subscription-forbidden' }]);
      scene.broker.tell(topic, 'heard', 1);
      await raw.pinged();
      if (may) expect(String((await raw.next('publish')).payload)).toBe('heard');
      else expect(raw.got.filter((p) => p.cmd === 'publish')).toEqual([]);
      raw.drop();
    });
  });

  test('hears by no wildcard what it does not hear by name', async () => {
    await opened(async (scene) => {
      const raw = await joined(client, scene);
      if (raw === null) return;
      const wild = [
        '#',
        '+/#',
        '$SYS/#',
        'lifeline/v1/#',
        'lifeline/v1/+/+/#',
        'lifeline/v1/alarms/#',
        'lifeline/v1/orders/#',
        'lifeline/v1/warnings/#',
      ];
      for (const [i, filter] of wild.entries()) await raw.subscribe(filter, 0, i + 1);
      const told = CASES.map(([kind, whose]) => topicOf(kind, whose));
      for (const topic of new Set(told)) scene.broker.tell(topic, topic, 0);
      await raw.pinged();
      const heard = new Set(raw.got.flatMap((p) => (p.cmd === 'publish' ? [p.topic] : [])));
      const rightful = new Set(
        CASES.filter(([kind, whose]) => reaches(TOPIC_RIGHTS[kind][client][1], whose)).map(([k, w]) =>
          topicOf(k, w),
        ),
      );
      for (const topic of heard) expect(rightful).toContain(topic);
      if (client === 'anonymous' || client.startsWith('system')) expect(heard).toEqual(rightful);
      raw.drop();
    });
  });
});
