import type { Millis } from '../../domain/time.ts';

/** Where a platform queues messages for us, and as whom we ask for them. */
export type AmqpPlace = {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  /** `null`: it asks nobody who they are. */
  readonly user: string | null;
  readonly password: string;
  /** `huawei`: the name says the key, the time and the instance. */
  readonly sign: 'plain' | 'huawei';
  readonly instance: string | null;
  readonly queue: string;
  /** By which its messages are read. */
  readonly mapping: string;
  /** For people and logs: without the secret. */
  readonly shown: string;
};

/** `amqps://user:password@host:5671/queue?mapping=huawei-iotda&sign=huawei&instance=…`, as the configuration has checked it. */
export function amqpPlace(address: string): AmqpPlace {
  const url = new URL(address);
  const tls = url.protocol === 'amqps:';
  const queue = decodeURIComponent(url.pathname.slice(1));
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (tls ? 5671 : 5672) : Number(url.port),
    tls,
    user: url.username === '' ? null : decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    sign: url.searchParams.get('sign') === 'huawei' ? 'huawei' : 'plain',
    instance: url.searchParams.get('instance'),
    queue,
    mapping: url.searchParams.get('mapping') ?? '',
    shown: `${url.protocol}//${url.host}/${queue}`,
  };
}

export function userName({ sign, user, instance }: AmqpPlace, now: Millis): string {
  if (sign === 'plain') return user ?? '';
  return `accessKey=${user}|timestamp=${Math.floor(now)}${instance === null ? '' : `|instanceId=${instance}`}`;
}
