import { createHmac } from 'node:crypto';
import { type Duration, type Millis, seconds } from '../../domain/time.ts';

/** Where a platform queues messages for us, and as whom we ask for them. */
export type AmqpPlace = {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  /** `null`: it asks nobody who they are. */
  readonly user: string | null;
  readonly password: string;
  /** `huawei`: the name says the key, the time and the instance; `aliyun`: so does it there, and the password signs it. */
  readonly sign: 'plain' | 'huawei' | 'aliyun';
  readonly instance: string | null;
  /** Of Aliyun: which subscription 消费组, and as which client. */
  readonly group: string;
  readonly client: string;
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
    sign: (url.searchParams.get('sign') ?? 'plain') as AmqpPlace['sign'],
    instance: url.searchParams.get('instance'),
    group: url.searchParams.get('group') ?? 'DEFAULT_GROUP',
    client: url.searchParams.get('client') ?? 'lifeline-watch',
    queue,
    mapping: url.searchParams.get('mapping') ?? '',
    shown: `${url.protocol}//${url.host}/${queue}`,
  };
}

/** As whom one attempt to connect is made. */
export type AmqpLogin = { readonly username: string; readonly password: string };

/**
 * Huawei: the user name says when, the password is the access code (docs/plan/protocols.md §7). Aliyun: the user name says key, time and
 * subscription, the password is the HMAC-SHA1 of key and time (help.aliyun.com 142489, “客户端身份认证参数”, read 2026).
 */
export function loginOf(place: AmqpPlace, now: Millis): AmqpLogin {
  const { sign, user, password, instance, group, client } = place;
  const at = Math.floor(now);
  switch (sign) {
    case 'plain':
      return { username: user ?? '', password };
    case 'huawei':
      return {
        username: `accessKey=${user}|timestamp=${at}${instance === null ? '' : `|instanceId=${instance}`}`,
        password,
      };
    case 'aliyun':
      return {
        username: `${client}|iotInstanceId=${instance ?? ''},authMode=aksign,signMethod=hmacsha1,consumerGroupId=${group},authId=${user},timestamp=${at}|`,
        password: createHmac('sha1', password).update(`authId=${user}&timestamp=${at}`).digest('base64'),
      };
  }
}

/** Within so long something is to be heard of us: Huawei ends a link that is silent for 8 s, Aliyun takes 30 to 300 s. */
export const idleOf = ({ sign }: AmqpPlace): Duration => (sign === 'aliyun' ? seconds(60) : seconds(8));
