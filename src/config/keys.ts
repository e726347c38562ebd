import { z } from 'zod';
import { PERSON_ROLES } from '../domain/account/roles.ts';
import { CLOCK_KINDS } from '../domain/report/period.ts';

const text = z.string().min(1);
const port = z.coerce.number().int().min(0).max(65_535);
const httpAddress = z.string().refine((s) => {
  const url = URL.parse(s);
  return url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
});
const amqpAddress = z.string().refine((s) => {
  const url = URL.parse(s);
  if (url === null || !/^amqps?:$/.test(url.protocol)) return false;
  return (
    /^\/[^/]/.test(url.pathname) &&
    /^[a-z0-9][a-z0-9-]{0,63}$/.test(url.searchParams.get('mapping') ?? '') &&
    /^(plain|huawei|aliyun)$/.test(url.searchParams.get('sign') ?? 'plain')
  );
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
};

/** A list in one line, separated by commas. */
const listOf = <T extends z.ZodType<string, string>>(item: T) =>
  z
    .string()
    .transform((s) =>
      s
        .split(',')
        .map((x) => x.trim())
        .filter((x) => x !== ''),
    )
    .pipe(z.array(item));

/** Every key of the configuration, with default, unit and meaning: the only place that knows them. */
export const KEYS = {
  LIFELINE_DATA_DIR: {
    schema: text,
    default: './data',
    right: 'a folder',
    means: 'journal, embedded history, accounts',
  },
  LIFELINE_LANGUAGE: {
    schema: z.enum(['zh', 'en']),
    right: 'zh or en',
    means: 'language of what the program `lifeline` prints; unset: that of the terminal (LC_ALL, LANG)',
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
    schema: z
      .string()
      .refine((s) => s.split(',').every((one) => /^mqtts?:\/\/([^/?#\s]*@)?[^/?#@\s]+\/?$/.test(one.trim()))),
    right: 'mqtt://user:password@host:1883 or mqtts://host:8883; several separated by commas',
    means:
      'external broker instead of the embedded one, over one lasting session; of several the first that can be had',
    secret: true,
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
    schema: z.string().refine((s) => /^postgres(ql)?:\/\/\S+$/.test(s)),
    right: 'postgres://user:password@host:5432/database',
    means:
      'journal, register, accounts, device keys and audit in PostgreSQL; a second service with the same database stands by',
    secret: true,
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
  LIFELINE_MQTT_CLIENT_IDS: {
    schema: z.enum(['own', 'any']),
    default: 'own',
    right: 'own or any',
    means:
      'any: a device may come as whatever client it calls itself, as ThingsBoard’s do; it is kept apart as code:that. own: as its code, or code:suffix',
  },
  LIFELINE_SESSION_HOURS: {
    schema: number(0.1, 168),
    default: '12.5',
    unit: 'hours',
    right: 'hours, 0.1…168',
    means: 'a session ends this long after the log-in: a shift of twelve and the hand-over',
  },
  LIFELINE_SESSION_IDLE_MINUTES: {
    schema: number(0, 1_440),
    default: '0',
    unit: 'minutes',
    right: 'minutes, 0…1440 (0: never; 等保 assessors usually look for 10)',
    means: 'a session ends this long after its last use; an open live stream counts as none',
  },
  LIFELINE_LOGIN_TRIES: {
    schema: number(3, 100),
    default: '5',
    right: 'a number, 3…100',
    means: 'failed log-ins of one account from one address before that address waits',
  },
  LIFELINE_LOGIN_LOCK_SECONDS: {
    schema: number(30, 86_400),
    default: '300',
    unit: 's',
    right: 'seconds, 30…86400',
    means: 'how long it waits then',
  },
  LIFELINE_PASSWORD_PROFILE: {
    schema: z.enum(['dengbao', 'asvs']),
    default: 'dengbao',
    right: 'dengbao or asvs',
    means:
      'new passwords: dengbao: 8 characters of 3 classes, changed every 90 days; asvs: 12, none of the commonest',
  },
  LIFELINE_CAP_SENDER: {
    schema: z.string().regex(/^\d{14}$/),
    default: '00000000000000',
    right: '14 digits: region 6, sector 3, unit 3, extension 2',
    means: 'who warns, in the identifiers of CAP messages (GB/T 35965.1)',
  },
  LIFELINE_CAP_SENDER_NAME: {
    schema: text,
    default: '城市生命线安全工程监测中心',
    right: 'a name',
    means: 'who warns, as people read it in CAP messages',
  },
  LIFELINE_LOGIN_BANNER: {
    schema: z.string().max(2_000),
    right: 'a text of at most 2000 characters',
    means: 'shown to everybody before they log in, such as that acts are recorded; empty: nothing',
  },
  LIFELINE_SECOND_FACTOR_ROLES: {
    schema: listOf(z.enum(PERSON_ROLES)),
    default: '',
    right: `roles separated by commas, of ${PERSON_ROLES.join(', ')}`,
    means: 'people of these roles must have a second factor (TOTP); empty: whoever wants to',
  },
  LIFELINE_SHELVE_LEVEL_1: {
    schema: z.enum(['one-person', 'two-persons', 'never']),
    default: 'two-persons',
    right: 'one-person, two-persons or never',
    means:
      'who may shelve a red alarm: one person (for a house with one account alone), only with a second one, or nobody; with the latter two, no red alarm is hidden with its point either, and works that one person authorised (with never: any) hide no red cover',
  },
  LIFELINE_ASSESS_LEVEL_1: {
    schema: z.enum(['one-person', 'two-persons']),
    default: 'two-persons',
    right: 'one-person or two-persons',
    means:
      'who may judge a red alarm to be no danger: only two, or one (for a house with one account alone); that it is real, or unclear, one person says at once',
  },
  LIFELINE_REPORTS: {
    schema: listOf(z.enum(CLOCK_KINDS)),
    default: '',
    right: `kinds separated by commas, of ${CLOCK_KINDS.join(', ')}`,
    means:
      'reports 报告 that are made by the clock, as drafts, when their period is over (Beijing); empty: none',
  },
  LIFELINE_REPORT_CHANNELS: {
    schema: listOf(z.string().regex(/^[A-Za-z0-9_-]{1,64}$/)),
    default: '',
    right: 'ids of channels of notices, separated by commas',
    means: 'where it is told that the clock has made a report, and that one was issued; empty: nowhere',
  },
  LIFELINE_DRILL_ENDS_ON_RED: {
    schema: z.enum(['yes', 'no']),
    default: 'yes',
    right: 'yes or no',
    means: 'whether a real red alarm ends a drill 演练 that is running, in the turn in which it is raised',
  },
  LIFELINE_HANDOVER_PERSONS: {
    schema: z.enum(['1', '2']),
    default: '1',
    right: '1 or 2',
    means: 'how many persons of each side a hand-over 交接班 needs at least, each signing for themselves',
  },
  LIFELINE_DOOR_SL651_HOST: {
    schema: text,
    default: '127.0.0.1',
    right: 'an address to listen on',
    means: 'door for hydrological stations, SL 651-2014; 0.0.0.0: every network',
  },
  LIFELINE_DOOR_SL651_PORT: {
    schema: port,
    right: 'a port, 0…65535 (0: any free one)',
    means: 'door for hydrological stations, SL 651-2014; unset: none',
  },
  LIFELINE_DOOR_HJ212_HOST: {
    schema: text,
    default: '127.0.0.1',
    right: 'an address to listen on',
    means: 'door for outfalls and air, HJ 212; 0.0.0.0: every network',
  },
  LIFELINE_DOOR_HJ212_PORT: {
    schema: port,
    right: 'a port, 0…65535 (0: any free one)',
    means: 'door for outfalls and air, HJ 212; unset: none',
  },
  LIFELINE_DOOR_GB26875_HOST: {
    schema: text,
    default: '127.0.0.1',
    right: 'an address to listen on',
    means: 'door for fire alarm transmitters, GB/T 26875.3; 0.0.0.0: every network',
  },
  LIFELINE_DOOR_GB26875_PORT: {
    schema: port,
    right: 'a port, 0…65535 (0: any free one)',
    means: 'door for fire alarm transmitters, GB/T 26875.3; unset: none',
  },
  LIFELINE_DOOR_MODBUS_HOST: {
    schema: text,
    default: '127.0.0.1',
    right: 'an address to listen on',
    means: 'door for Modbus RTU through a DTU that dials us; 0.0.0.0: every network',
  },
  LIFELINE_DOOR_MODBUS_PORT: {
    schema: port,
    right: 'a port, 0…65535 (0: any free one)',
    means: 'door for Modbus RTU through a DTU that dials us; unset: none',
  },
  LIFELINE_DOOR_SZY206_HOST: {
    schema: text,
    default: '127.0.0.1',
    right: 'an address to listen on',
    means: 'door for water resources, SZY206-2016 (read only); 0.0.0.0: every network',
  },
  LIFELINE_DOOR_SZY206_PORT: {
    schema: port,
    right: 'a port, 0…65535 (0: any free one)',
    means: 'door for water resources, SZY206-2016 (read only); unset: none',
  },
  LIFELINE_DOOR_NETWORKS: {
    schema: listOf(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()])),
    default: '',
    right: 'addresses or networks separated by commas, e.g. 10.20.0.0/16',
    means:
      'whence stations may come to the doors, whose protocols know no password worth the name; empty: from wherever the host is reached',
  },
  LIFELINE_DOOR_HJ212_KEYS: {
    schema: listOf(z.string().regex(/^[A-Za-z0-9_-]{1,64}=[0-9a-fA-F]{32}$/)),
    default: '',
    right: 'MN=key separated by commas, a key of 32 hex digits each',
    means: 'SM4 keys of stations that encipher (HJ 212-2025); usually LIFELINE_DOOR_HJ212_KEYS_FILE',
    secret: true,
  },
  LIFELINE_DOOR_SECRETS: {
    schema: listOf(z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}=.{8,}$/)),
    default: '',
    right: 'mapping=token, separated by commas; a token has at least 8 characters and no comma',
    means: 'tokens agreed on with platforms that push over HTTP to /api/v1/doors/{mapping}',
    secret: true,
  },
  LIFELINE_AMQP_URL: {
    schema: z
      .string()
      .transform((s) => s.split(/\s+/).filter((one) => one !== ''))
      .pipe(z.array(amqpAddress).min(1).max(16)),
    right:
      'amqps://user:password@host/queue?mapping=huawei-iotda, of Huawei with &sign=huawei&instance=…, of Aliyun with &sign=aliyun&group=…&client=…&instance=…; several with a space or a new line between them',
    means:
      'queues of other platforms (AMQP 1.0), each read by a mapping; what is on disk is settled, and nothing before',
    secret: true,
  },
  LIFELINE_TRUSTED_ORIGINS: {
    schema: listOf(z.string().regex(/^https?:\/\/[^/\s]+$/)),
    default: '',
    right: 'origins separated by commas, e.g. https://watch.example.gov.cn',
    means:
      'pages beside our own that may use the interface: behind a proxy that renames the host, or plain HTTP under a name of public DNS',
  },
  LIFELINE_MAP_DIR: {
    schema: text,
    right: 'a folder that the service may read',
    means: 'base maps as PMTiles files (docs/map.md); unset: the folder map in the data directory',
  },
  LIFELINE_MAP_TILE_HOSTS: {
    schema: listOf(
      z
        .string()
        .regex(/^https?:\/\/(\*\.)?[A-Za-z0-9.-]+(:\d{1,5})?$|^https?:\/\/\[[0-9a-fA-F:]+\](:\d{1,5})?$/),
    ),
    default: '',
    right: 'origins separated by commas, e.g. https://*.tianditu.gov.cn, http://10.0.0.7:8090',
    means:
      'hosts from which the console’s map may load pictures of a base map; empty: none, the console asks no host but ours',
  },
  LIFELINE_OUT_HOSTS: {
    schema: listOf(
      z.union([
        z.ipv4(),
        z.ipv6(),
        z.cidrv4(),
        z.cidrv6(),
        z.string().regex(/^(\*\.)?([A-Za-z0-9-]+\.)*[A-Za-z0-9-]*[A-Za-z][A-Za-z0-9-]*(:\d{1,5})?$/),
      ]),
    ),
    default:
      'oapi.dingtalk.com,qyapi.weixin.qq.com,open.feishu.cn,dysmsapi.aliyuncs.com,sms.tencentcloudapi.com',
    right:
      'hosts, addresses and networks separated by commas, e.g. mail.city.gov.cn,*.example.cn,10.3.0.0/16',
    means:
      'where notices may be sent; a host that leads to an address that is not public needs its network here too',
  },
  LIFELINE_PUBLIC_URL: {
    schema: z.string().regex(/^https?:\/\/[A-Za-z0-9.:[\]-]+(\/[A-Za-z0-9._/-]*)?$/),
    right: 'an address, e.g. https://watch.example.gov.cn',
    means: 'where people reach the console; notices then hold a link to their case. Unset: they hold none',
  },
  LIFELINE_NOTICE_LINKS: {
    schema: z.enum(['off', 'read', 'act']),
    default: 'off',
    right: 'off, read or act',
    means:
      'links in mails and SMS that let their one addressee see the case without a log-in (read), and acknowledge it (act); they need LIFELINE_PUBLIC_URL',
  },
  LIFELINE_TRUSTED_PROXIES: {
    schema: listOf(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()])),
    default: '',
    right: 'addresses or networks separated by commas, e.g. 10.0.0.5, 10.1.0.0/16',
    means: 'proxies whose X-Forwarded-For is believed; empty: nobody’s',
  },
  LIFELINE_HTTP_RATE: {
    schema: number(1, 100_000),
    default: '200',
    unit: 'requests/s',
    right: 'requests a second, 1…100000',
    means: 'of one account, over time; a stranger’s address has a fifth of it',
  },
  LIFELINE_METRICS_ACCESS: {
    schema: z.enum(['anybody', 'role']),
    default: 'anybody',
    right: 'anybody or role',
    means: 'who may read /metrics: anybody who reaches the port, or a token or person with the right',
  },
  LIFELINE_DOCS_ACCESS: {
    schema: z.enum(['anybody', 'role']),
    default: 'anybody',
    right: 'anybody or role',
    means: 'who may read /openapi.json and /asyncapi.json',
  },
  LIFELINE_AUDIT_KEEP_DAYS: {
    schema: number(180, 36_500),
    default: '400',
    unit: 'days',
    right: 'a number of days, 180…36500: the law asks for six months',
    means: 'how long the audit journal is kept',
  },
  LIFELINE_MQTTS_HOST: {
    schema: text,
    default: '127.0.0.1',
    right: 'an address to listen on',
    means: 'embedded broker, MQTT over TLS; 0.0.0.0: every network',
  },
  LIFELINE_MQTTS_PORT: {
    schema: port,
    right: 'a port, 0…65535 (0: any free one); 8883 is usual',
    means: 'embedded broker, MQTT over TLS 1.2 or 1.3; unset: none',
  },
  LIFELINE_MQTTS_CERT: {
    schema: text,
    right: 'a certificate in PEM, with the chain up to its authority',
    means: 'certificate of MQTT over TLS; usually LIFELINE_MQTTS_CERT_FILE',
  },
  LIFELINE_MQTTS_KEY: {
    schema: text,
    right: 'the private key of the certificate, in PEM, without a passphrase',
    means: 'private key of MQTT over TLS; usually LIFELINE_MQTTS_KEY_FILE',
    secret: true,
  },
  LIFELINE_MQTTS_CA: {
    schema: text,
    right: 'certificates of authorities in PEM',
    means: 'set: devices must show a certificate of this authority, whose common name is their code',
  },
  LIFELINE_HTTP_TLS_CERT: {
    schema: text,
    right: 'a certificate in PEM, with the chain up to its authority',
    means: 'set: HTTPS instead of HTTP; usually LIFELINE_HTTP_TLS_CERT_FILE',
  },
  LIFELINE_HTTP_TLS_KEY: {
    schema: text,
    right: 'the private key of the certificate, in PEM, without a passphrase',
    means: 'private key of HTTPS; usually LIFELINE_HTTP_TLS_KEY_FILE',
    secret: true,
  },
  LIFELINE_MQTT_DEVICE_RATE: {
    schema: number(1, 1_000_000),
    default: '200',
    unit: 'messages/s',
    right: 'messages a second, 1…1000000',
    means: 'of one device, for long; what is faster is read more slowly, nothing is dropped',
  },
  LIFELINE_MQTT_DEVICE_BURST: {
    schema: number(1, 10_000_000),
    default: '2000',
    unit: 'messages',
    right: 'messages, 1…10000000',
    means: 'of one device at once after a quiet time, such as what it stored without a link',
  },
  LIFELINE_MQTT_CONNECTIONS: {
    schema: number(1, 100_000),
    default: '20000',
    unit: 'connections',
    right: 'connections, 1…100000',
    means:
      'of all devices at once, as far as the limit of open files lets them; a tenth of it stays for consoles',
  },
  LIFELINE_MQTT_DEVICE_CONNECTIONS: {
    schema: number(1, 1_000),
    default: '4',
    unit: 'connections',
    right: 'connections, 1…1000',
    means: 'of one device; with one more its own oldest is closed',
  },
  LIFELINE_MQTT_ADDRESS_RATE: {
    schema: number(1, 10_000_000),
    default: '5000',
    unit: 'messages/s',
    right: 'messages a second, 1…10000000',
    means: 'of all devices behind one address; loopback has no bound',
  },
  LIFELINE_MQTT_ADDRESS_CONNECTIONS: {
    schema: number(1, 100_000),
    default: '2000',
    unit: 'connections',
    right: 'connections, 1…100000',
    means: 'of one address; loopback has no bound',
  },
  LIFELINE_MQTT_PACKET_MAX_KB: {
    schema: number(1, 256),
    default: '256',
    unit: 'KiB',
    right: 'KiB, 1…256',
    means: 'payload of one MQTT packet; a larger one ends the connection before it has come',
  },
  LIFELINE_AUTO_REGISTER: {
    schema: yes,
    default: 'false',
    right: 'true or false',
    means: 'an unknown device that publishes a valid packet becomes a device and a point, marked 待核实',
  },
  LIFELINE_RULE_APPROVAL: {
    schema: z.enum(['one', 'loosening', 'two']),
    default: 'loosening',
    right: 'one, loosening or two',
    means:
      'people that a change of a rule, or of a policy of notices, needs: one (author, with a reason), two (another account must approve), or two for rules where it loosens: a limit farther out, a step switched off, a longer delay, fewer readings judged; a house with one account alone says one',
  },
  LIFELINE_KEEP_DAYS: {
    schema: number(1, 36_500),
    default: '400',
    unit: 'days',
    right: 'a number of days, 1…36500',
    means:
      'how long readings are kept; in InfluxDB 2 and 3 by the retention of the bucket or database itself',
  },
  LIFELINE_CITIZEN_KEEP_DAYS: {
    schema: number(1, 36_500),
    default: '90',
    unit: 'days',
    right: 'a number of days, 1…36500',
    means:
      'how long after a citizen’s report 市民诉求 is over its words are kept: name, number, what was said, the answer; then they are erased from the journal',
  },
  LIFELINE_PROBE_SECONDS: {
    schema: number(0.1, 600),
    default: '60',
    unit: 's',
    right: 'seconds, 0.1…600',
    means:
      'how often the self-check sends a probe from the broker to a console; three misses raise 系统自检失败',
  },
  LIFELINE_SPOOL_MAX_MB: {
    schema: number(10, 10_000_000),
    default: '5000',
    unit: 'MB',
    right: 'a number of megabytes, at least 10',
    means:
      'readings that may wait for the history store; when full, what arrives is judged, and neither kept nor acknowledged',
  },
} as const satisfies Record<string, Key>;

export type KeyName = keyof typeof KEYS;
