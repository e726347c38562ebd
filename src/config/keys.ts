import { z } from 'zod';

const text = z.string().min(1);
const port = z.coerce.number().int().min(0).max(65_535);
const httpAddress = z.string().refine((s) => {
  const url = URL.parse(s);
  return url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
});
const yes = z.enum(['true', 'false']).transform((v) => v === 'true');
const number = (min: number, max: number) => z.coerce.number().min(min).max(max);

type Key = {
  readonly schema: z.ZodType;
  /** As it would stand in the environment. */
  readonly default?: string;
  readonly unit?: string;
  /** Said when the value is bad: what would be right. */
  readonly right: string;
  readonly means: string;
  /** The value may come from a file named by `<KEY>_FILE`. */
  readonly secret?: true;
  /** Known, but its part of the product is not there yet. */
  readonly later?: string;
};

/** Every key of the configuration, with default, unit and meaning: the only place that knows them. */
export const KEYS = {
  LIFELINE_DATA_DIR: {
    schema: text,
    default: './data',
    right: 'a folder',
    means: 'journal, embedded history, accounts',
  },
  LIFELINE_HTTP_HOST: {
    schema: text,
    default: '127.0.0.1',
    right: 'an address to listen on',
    means: 'HTTP, console and WebSocket',
  },
  LIFELINE_HTTP_PORT: {
    schema: port,
    default: '8080',
    right: 'a port, 0…65535 (0: any free one)',
    means: 'HTTP, console and WebSocket',
  },
  LIFELINE_MQTT_HOST: {
    schema: text,
    default: '127.0.0.1',
    right: 'an address to listen on',
    means: 'embedded broker',
  },
  LIFELINE_MQTT_PORT: {
    schema: port,
    default: '1883',
    right: 'a port, 0…65535 (0: any free one)',
    means: 'embedded broker',
  },
  LIFELINE_MQTT_URL: {
    schema: text,
    right: 'mqtt://host:port',
    means: 'external broker instead of the embedded one',
    later: 'an external broker',
  },
  LIFELINE_INFLUX_URL: {
    schema: httpAddress,
    right: 'http://host:port or https://host:port, without user and password in it',
    means: 'readings go to this InfluxDB, and not to the embedded store',
  },
  LIFELINE_INFLUX_TOKEN: {
    schema: text,
    right: 'a token',
    means:
      'InfluxDB 2 and 3: a token that may read and write the bucket; 1: user:password, where it asks for one',
    secret: true,
  },
  LIFELINE_INFLUX_ORG: { schema: text, right: 'an organisation', means: 'InfluxDB 2: whose bucket it is' },
  LIFELINE_INFLUX_BUCKET: {
    schema: text,
    right: 'the name of a bucket or database',
    means: 'InfluxDB 2: the bucket; 1 and 3: the database, made if it is not there and the credential may',
  },
  LIFELINE_INFLUX_VERSION: {
    schema: z.enum(['1', '2', '3']),
    default: '2',
    right: '1, 2 or 3',
    means: 'InfluxDB: paths and authentication differ',
  },
  LIFELINE_DATABASE_URL: {
    schema: text,
    right: 'postgres://…',
    means: 'journal and register in PostgreSQL',
    secret: true,
    later: 'PostgreSQL',
  },
  LIFELINE_ADMIN_PASSWORD: {
    schema: z.string().min(8),
    right: 'at least 8 characters',
    means: 'first start: password of the account `admin`; unset: a one-time code is printed',
    secret: true,
  },
  LIFELINE_MQTT_ANONYMOUS: {
    schema: yes,
    default: 'false',
    right: 'true or false',
    means: 'lets devices in without credential; only while the MQTT host is a loopback address',
  },
  LIFELINE_AUTO_REGISTER: {
    schema: yes,
    default: 'false',
    right: 'true or false',
    means: 'an unknown device that publishes a valid packet becomes a device and a point, marked 待核实',
  },
  LIFELINE_RULE_APPROVAL: {
    schema: z.enum(['one', 'two']),
    default: 'one',
    right: 'one or two',
    means:
      'people that a change of a rule needs: one (author, with a reason) or two (another account must approve)',
  },
  LIFELINE_KEEP_DAYS: {
    schema: number(1, 36_500),
    default: '400',
    unit: 'days',
    right: 'a number of days, 1…36500',
    means:
      'how long readings are kept; in InfluxDB 2 and 3 by the retention of the bucket or database itself',
  },
  LIFELINE_SPOOL_MAX_MB: {
    schema: number(10, 10_000_000),
    default: '5000',
    unit: 'MB',
    right: 'a number of megabytes, at least 10',
    means: 'readings that may wait for the history store; when full, acknowledging stops',
  },
} as const satisfies Record<string, Key>;

export type KeyName = keyof typeof KEYS;
