import type { z } from 'zod';
import { isLoopbackHost } from '../adapters/shared/peer-address.ts';
import type { CertificateFault } from '../domain/certificate.ts';
import type { GivenTls, ListenerTls } from '../domain/listener-tls.ts';
import { BadConfig } from './bad-config.ts';
import { readConfigFile, textOf } from './config-file.ts';
import { KEYS, type KeyName } from './keys.ts';
import { nearest } from './nearest.ts';
import { listenerTls, NoPair, type TlsTexts } from './tls.ts';

/** The configuration, checked. Units stand with each key in `keys.ts`. */
export type Config = {
  readonly [K in KeyName]: (typeof KEYS)[K] extends { default: string }
    ? z.infer<(typeof KEYS)[K]['schema']>
    : z.infer<(typeof KEYS)[K]['schema']> | undefined;
};

type Values = Record<string, string | undefined>;

/**
 * Reads file and environment; the environment wins over the file named by `LIFELINE_CONFIG`.
 *
 * @throws BadConfig on an unknown key, a bad value or an unreadable file
 */
export function readConfig(env: Values): Config {
  const values = givenValues(env);
  for (const name of Object.keys(values)) checkKnown(name);
  const config: Record<string, unknown> = {};
  for (const name of Object.keys(KEYS) as KeyName[]) config[name] = readKey(name, values);
  return checked(config as Config, whereIn(values));
}

/** Every key that was given, in the file or in the environment, as it was written there. */
export function givenValues(env: Values): Values {
  const file = env.LIFELINE_CONFIG;
  const values = { ...(file === undefined ? {} : readConfigFile(file)), ...ours(env) };
  delete values.LIFELINE_CONFIG;
  return values;
}

/** As it is in force, for the audit journal: of a secret only that it is set. */
export function shownConfig(config: Config): Record<string, string | number | boolean | null> {
  return Object.fromEntries(
    Object.entries(config)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [
        name,
        'secret' in KEYS[name as KeyName]
          ? '***'
          : typeof value === 'object'
            ? value.join(',')
            : (value ?? null),
      ]),
  );
}

function ours(env: Values): Values {
  return Object.fromEntries(Object.entries(env).filter(([name]) => name.startsWith('LIFELINE_')));
}

function checkKnown(name: string): void {
  const plain = name.endsWith('_FILE') ? name.slice(0, -'_FILE'.length) : name;
  if (plain in KEYS) return;
  const near = nearest(plain, Object.keys(KEYS), 5);
  throw new BadConfig(
    `${name} is not a key of the configuration; ${near === null ? `known are ${Object.keys(KEYS).join(', ')}` : `did you mean ${near}?`}`,
  );
}

function readKey(name: KeyName, values: Values): unknown {
  const key: { schema: z.ZodType; default?: string; right: string; secret?: true } = KEYS[name];
  const given = fromFile(name, values) ?? values[name] ?? key.default;
  if (given === undefined) return undefined;
  const read = key.schema.safeParse(given);
  if (read.success) return read.data;
  const shown = key.secret ? 'its value' : `"${given}"`;
  throw new BadConfig(`${name}: ${shown} is not right; it should be ${key.right}.`);
}

function fromFile(name: KeyName, values: Values): string | undefined {
  const path = values[`${name}_FILE`];
  if (path === undefined) return undefined;
  if (values[name] !== undefined)
    throw new BadConfig(`${name} and ${name}_FILE are both set; set one of them.`);
  return textOf(path, `${name}_FILE`).replace(/\r?\n$/, '');
}

function checked(config: Config, where: Where): Config {
  if (config.LIFELINE_MQTT_ANONYMOUS && !isLoopbackHost(config.LIFELINE_MQTT_HOST)) {
    throw new BadConfig(
      `LIFELINE_MQTT_ANONYMOUS=true is accepted only while LIFELINE_MQTT_HOST is a loopback address (127.0.0.1), not "${config.LIFELINE_MQTT_HOST}".`,
    );
  }
  if (
    config.LIFELINE_MQTT_ANONYMOUS &&
    config.LIFELINE_MQTTS_PORT !== undefined &&
    !isLoopbackHost(config.LIFELINE_MQTTS_HOST)
  ) {
    throw new BadConfig(
      `LIFELINE_MQTT_ANONYMOUS=true is accepted only while LIFELINE_MQTTS_HOST is a loopback address too (127.0.0.1), not "${config.LIFELINE_MQTTS_HOST}".`,
    );
  }
  if (config.LIFELINE_NOTICE_LINKS !== 'off' && config.LIFELINE_PUBLIC_URL === undefined) {
    throw new BadConfig(
      `LIFELINE_NOTICE_LINKS=${config.LIFELINE_NOTICE_LINKS} also needs LIFELINE_PUBLIC_URL: where the links shall lead.`,
    );
  }
  checkInflux(config);
  checkTls(config, where);
  return config.LIFELINE_MQTT_URL === undefined ? config : { ...config, ...FOR_OURSELVES };
}

/** Devices come by another broker: ours is there for the self-check alone, at a port that nobody else knows. */
const FOR_OURSELVES = { LIFELINE_MQTT_HOST: '127.0.0.1', LIFELINE_MQTT_PORT: 0 } as const;

function checkTls(config: Config, where: Where): void {
  const { LIFELINE_MQTTS_PORT: port, LIFELINE_MQTTS_CERT: cert, LIFELINE_MQTTS_KEY: key } = config;
  const { LIFELINE_MQTTS_CA: ca } = config;
  if (port !== undefined && (cert === undefined || key === undefined))
    throw new BadConfig(
      'LIFELINE_MQTTS_PORT is set: MQTT over TLS also needs LIFELINE_MQTTS_CERT_FILE and LIFELINE_MQTTS_KEY_FILE.',
    );
  if (port === undefined && (cert ?? key ?? ca) !== undefined)
    throw new BadConfig(
      'LIFELINE_MQTTS_CERT, _KEY or _CA is set, but LIFELINE_MQTTS_PORT is not: nothing would speak TLS; set it, 8883 is usual.',
    );
  try {
    tlsOf(config, where);
  } catch (cause) {
    throw cause instanceof NoPair ? new BadConfig(cause.message) : cause;
  }
}

/** For people: the file that a key is read from, or the key itself. */
export type Where = (key: string) => string;

const whereIn =
  (values: Values): Where =>
  (key) =>
    values[`${key}_FILE`] ?? key;

/** Where each key of this environment comes from. */
export const whereOf = (env: Values): Where => whereIn(givenValues(env));

/** What the listeners of a configuration are given; `null`: no TLS there. */
export function tlsOf(
  config: Config,
  where: Where = (key) => key,
): Record<'https' | 'mqtts', ListenerTls | null> {
  const of = (use: 'https' | 'mqtts', texts: TlsTexts) =>
    listenerTls(texts, { use, ...TLS_KEYS[use], where });
  return {
    https: of('https', {
      cert: config.LIFELINE_HTTP_TLS_CERT,
      key: config.LIFELINE_HTTP_TLS_KEY,
      ca: undefined,
    }),
    mqtts: of('mqtts', {
      cert: config.LIFELINE_MQTTS_CERT,
      key: config.LIFELINE_MQTTS_KEY,
      ca: config.LIFELINE_MQTTS_CA,
    }),
  };
}

const TLS_KEYS = {
  https: { cert: 'LIFELINE_HTTP_TLS_CERT', key: 'LIFELINE_HTTP_TLS_KEY', ca: 'LIFELINE_MQTTS_CA' },
  mqtts: { cert: 'LIFELINE_MQTTS_CERT', key: 'LIFELINE_MQTTS_KEY', ca: 'LIFELINE_MQTTS_CA' },
} as const;

/** Reads certificates anew, each listener's by itself: neither the other's nor the rest of the configuration is in its way. */
export function readTls(env: Values): GivenTls {
  const values = () => givenValues(env);
  const text = (name: KeyName) => readKey(name, values()) as string | undefined;
  const read = (use: 'https' | 'mqtts'): ListenerTls | CertificateFault | null => {
    const names = TLS_KEYS[use];
    try {
      const texts = {
        cert: text(names.cert),
        key: text(names.key),
        ca: use === 'mqtts' ? text(names.ca) : undefined,
      };
      return listenerTls(texts, { use, ...names, where: whereIn(values()) });
    } catch (cause) {
      if (!(cause instanceof NoPair || cause instanceof BadConfig)) throw cause;
      return { code: 'certificate-pair', says: cause.message };
    }
  };
  return { https: read('https'), mqtts: read('mqtts') };
}

function checkInflux(config: Config): void {
  const { LIFELINE_INFLUX_VERSION: version, LIFELINE_INFLUX_TOKEN: token } = config;
  const names = ['LIFELINE_INFLUX_BUCKET', 'LIFELINE_INFLUX_ORG', 'LIFELINE_INFLUX_TOKEN'] as const;
  if (config.LIFELINE_INFLUX_URL === undefined) {
    const alone = names.find((name) => config[name] !== undefined);
    if (alone === undefined) return;
    throw new BadConfig(
      `${alone} is set, but LIFELINE_INFLUX_URL is not: readings would go to the embedded store; set both or none.`,
    );
  }
  // 1 may ask for no credential, and neither need 3.
  const needed = version === '2' ? names : (['LIFELINE_INFLUX_BUCKET'] as const);
  const missing = needed.find((name) => config[name] === undefined);
  if (missing !== undefined)
    throw new BadConfig(`LIFELINE_INFLUX_URL is set: InfluxDB ${version} also needs ${missing}.`);
  if (version === '1' && token !== undefined && !token.includes(':'))
    throw new BadConfig(
      'LIFELINE_INFLUX_TOKEN: its value is not right; for InfluxDB 1 it should be user:password.',
    );
}
