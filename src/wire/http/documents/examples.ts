/** JSON Schema, as much of it as our documents use. */
type Schema = { readonly [key: string]: unknown };
export type Named = Readonly<Record<string, unknown>>;

const AT = '2026-11-30T08:05:00.000Z';
const TOPIC = 'lifeline/v1/gas/GAS-0001/telemetry';
const [, , LIFELINE = ''] = TOPIC.split('/');

/** What stands under a name in the trade; the first that its schema allows is taken. */
const BY_NAME: Readonly<Record<string, readonly unknown[]>> = {
  account: ['zhang.wei', 'zhangwei'],
  advice: ['现场核查，通知燃气公司'],
  afterS: [120],
  alarm: ['01JDY6ZK4Q8Q5T0V3W9X7Y2A1B'],
  alarmId: ['01JDY6ZK4Q8Q5T0V3W9X7Y2A1B'],
  alarms: ['01JDY6ZK4Q8Q5T0V3W9X7Y2A1B'],
  area: ['341602'],
  areaCode: ['341602'],
  areas: ['341602'],
  areaText: ['谯城区'],
  asset: ['WELL-0001'],
  attachments: ['9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'],
  by: ['zhang.wei'],
  cause: ['管线接口泄漏', 'gas-leak'],
  channel: ['dingtalk-duty'],
  channels: ['dingtalk-duty'],
  code: ['GAS-0001'],
  commandId: ['desk-1-0001'],
  contact: ['zhang-wei'],
  detail: ['GAS-0001'],
  device: ['GAS-0001'],
  documentNo: ['亳安办〔2026〕12号'],
  from: ['22:00'],
  flaw: ['unknown-metric'],
  host: ['smtp.example.gov.cn'],
  id: ['01JDY6ZK4Q8Q5T0V3W9X7Y2A1B'],
  instruction: ['远离下穿通道，绕行希夷大道'],
  issuer: ['城市安全运行监测中心'],
  keeper: ['city-centre'],
  lat: [33.8446],
  level: [2],
  lifeline: [LIFELINE],
  lifelines: [LIFELINE],
  limit: [20],
  lon: [115.7785],
  metric: ['ch4'],
  mobile: ['13800000000'],
  model: ['JT-G100'],
  name: ['希夷大道燃气井 1 号', 'GAS-0001', 'city.pmtiles'],
  next: ['eyJ0IjoxNzY0NDg5OTAwMDAwfQ'],
  no: ['GD20261130-0001'],
  note: ['已派人到现场'],
  otp: ['123456'],
  owner: ['亳州燃气公司'],
  ownerUnit: ['gas-company'],
  parent: ['341600'],
  password: ['Korrekt-Pferd-9'],
  place: ['希夷大道与魏武大道交叉口'],
  point: ['GAS-0001'],
  pointCode: ['GAS-0001'],
  pointName: ['希夷大道燃气井 1 号'],
  pointCodes: ['GAS-0001'],
  points: ['GAS-0001'],
  policy: ['red-and-orange'],
  port: [465],
  reason: ['检修期间持续高值'],
  recipients: ['gas-company'],
  result: ['已更换阀门，复测正常'],
  rule: ['gas-ch4'],
  ruleId: ['gas-ch4'],
  said: ['ok'],
  secret: ['SEC0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9'],
  seq: [41_207],
  serial: ['SN20260001'],
  text: ['井内甲烷持续升高，现场已设警戒'],
  to: ['06:00'],
  title: ['希夷大道燃气井甲烷超限'],
  token: ['k3Jx8Qm2Vn5Rt7Yw9Zb1Cd4Ef6Gh0Ij2'],
  topic: [TOPIC],
  unit: ['gas-company', '%LEL'],
  units: ['gas-company'],
  url: ['https://hooks.example.gov.cn/lifeline'],
  user: ['duty@example.gov.cn'],
  value: [26.4],
  vendor: ['金卡智能'],
  version: ['1.0.0'],
  what: ['井下检修'],
  who: ['张伟'],
  zh: ['甲烷浓度'],
  en: ['methane'],
};

/** Where no name helps: by what the schema allows. */
const WORDS = [
  'example',
  '示例',
  LIFELINE,
  'GAS-0001',
  '2026-11-30',
  '08:00',
  '13800000000',
  '341602',
  'B12',
  'D12',
  'N12',
  '34160020261130_20261130080500_1',
  '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  'live-17',
];
const BY_FORMAT: Readonly<Record<string, string>> = {
  'date-time': AT,
  date: '2026-11-30',
  email: 'zhang.wei@example.gov.cn',
  uri: 'https://example.gov.cn/lifeline',
  uuid: '0192f0c1-7a3b-7c4d-8e5f-6a7b8c9d0e1f',
  base64: 'eyJ2YWx1ZXMiOnsiY2g0IjozfX0=',
};
/** Schemas that hold themselves: enough to see it. */
const DEPTH = 8;

/**
 * A value that the schema takes, in the words of the trade where its names are known: for the documents.
 *
 * @param named what `#/components/schemas/…` leads to
 * @param name of the property that it stands under
 */
export function exampleOf(schema: unknown, named: Named, name = '', depth = 0): unknown {
  const s = schema as Schema;
  if (Array.isArray(s.examples)) return s.examples[0];
  if ('const' in s) return s.const;
  if (Array.isArray(s.enum)) return s.enum[0];
  if (typeof s.$ref === 'string')
    return exampleOf(named[s.$ref.slice(s.$ref.lastIndexOf('/') + 1)] ?? {}, named, name, depth + 1);
  const either = (s.anyOf ?? s.oneOf) as readonly Schema[] | undefined;
  if (either !== undefined) {
    const some = either.find((one) => one.type !== 'null') ?? {};
    return exampleOf(some, named, name, depth);
  }
  if (Array.isArray(s.allOf)) {
    const parts = s.allOf.map((part) => exampleOf(part, named, name, depth));
    return Object.assign({}, ...parts) as unknown;
  }
  const type = Array.isArray(s.type) ? s.type.find((t) => t !== 'null') : s.type;
  switch (type) {
    case 'object':
      return objectOf(s, named, depth);
    case 'array': {
      if (Array.isArray(s.prefixItems))
        return s.prefixItems.map((item) => exampleOf(item, named, name, depth + 1));
      const item = exampleOf(s.items ?? {}, named, name, depth + 1);
      return Array.from({ length: Number(s.minItems ?? 1) || 1 }, () => item);
    }
    case 'string':
      return textOf(s, name);
    case 'integer':
    case 'number':
      return numberOf(s, name, type);
    case 'boolean':
      return true;
    case 'null':
      return null;
    default:
      return 'example';
  }
}

function objectOf(s: Schema, named: Named, depth: number): Record<string, unknown> {
  const required = new Set((s.required ?? []) as readonly string[]);
  const out: Record<string, unknown> = {};
  for (const [key, value] of Object.entries((s.properties ?? {}) as Record<string, Schema>))
    if (required.has(key) || depth < DEPTH) out[key] = exampleOf(value, named, key, depth + 1);
  const { additionalProperties: rest, propertyNames: names } = s;
  if (Object.keys(out).length === 0 && typeof rest === 'object' && rest !== null)
    out[String(names === undefined ? 'ch4' : exampleOf(names, named, 'metric'))] = exampleOf(
      rest,
      named,
      'value',
      depth + 1,
    );
  return out;
}

function textOf(s: Schema, name: string): string {
  const pattern = typeof s.pattern === 'string' ? new RegExp(s.pattern, 'u') : null;
  const fits = (text: string): boolean =>
    text.length >= Number(s.minLength ?? 0) &&
    text.length <= Number(s.maxLength ?? Number.POSITIVE_INFINITY) &&
    (pattern?.test(text) ?? true);
  const formatted = BY_FORMAT[String(s.format ?? s.contentEncoding)];
  if (formatted !== undefined) return formatted;
  const known = (BY_NAME[name] ?? []).filter((x) => typeof x === 'string');
  return [...known, ...WORDS].find(fits) ?? 'a'.repeat(Number(s.minLength ?? 1));
}

function numberOf(s: Schema, name: string, type: 'integer' | 'number'): number {
  const least = Number(
    s.minimum ??
      (s.exclusiveMinimum === undefined ? Number.NEGATIVE_INFINITY : Number(s.exclusiveMinimum) + 1),
  );
  const most = Number(
    s.maximum ??
      (s.exclusiveMaximum === undefined ? Number.POSITIVE_INFINITY : Number(s.exclusiveMaximum) - 1),
  );
  const fits = (n: number): boolean => n >= least && n <= most && (type === 'number' || Number.isInteger(n));
  const known = (BY_NAME[name] ?? []).filter((x) => typeof x === 'number');
  return [...known, 3, 1, 0.5, least, most].find((n) => Number.isFinite(n) && fits(n)) ?? 0;
}
