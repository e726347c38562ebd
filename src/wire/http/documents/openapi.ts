import { z } from 'zod';
import type { Bilingual } from '../../../domain/text.ts';
import { SESSION_COOKIE } from '../head/origin.ts';
import { type AnyProblemCode, problemOut, statusOf, titleOf } from '../problems.ts';
import type { RouteSpec } from '../route.ts';
import { ROUTES } from '../routes.ts';
import { exampleOf } from './examples.ts';
import { SchemaBook } from './schema-book.ts';

type Json = Record<string, unknown>;

/** Media types of the bodies that go out. */
export const MEDIA = {
  json: 'application/json; charset=utf-8',
  problem: 'application/problem+json; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
  workbook: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  page: 'text/html; charset=utf-8',
  form: 'application/x-www-form-urlencoded',
  text: 'text/plain; version=0.0.4; charset=utf-8',
} as const;

const short = (media: string) => media.split(';')[0] ?? media;

/** Every code that a route can answer with: its own, and those that its kind brings along. */
export function problemCodesOf(route: RouteSpec): readonly AnyProblemCode[] {
  const codes = new Set<AnyProblemCode>(['internal', 'bad-url', 'standby']);
  if (route.params || route.query || route.body?.type === 'json') codes.add('invalid');
  if (route.body) {
    codes.add('too-large').add('unsupported-media-type');
    if (route.body.type === 'json' || route.body.type === 'json-as-is') codes.add('not-json').add('not-utf8');
    if (route.body.type === 'json-as-is') codes.add('invalid');
  }
  codes.add('too-many-requests');
  if (route.who !== 'anybody') codes.add('no-session').add('not-permitted');
  if (route.who === 'session') {
    codes.add('password-must-be-set').add('second-factor-must-be-set').add('foreign-area');
  }
  if (route.who === 'session' && route.method !== 'GET') codes.add('audit-failed');
  if (route.method !== 'GET') codes.add('foreign-origin').add('journal-failed');
  for (const code of [...(route.problems ?? []), ...(route.refusals ?? [])]) codes.add(code);
  return [...codes].sort();
}

/** What the routes are sorted by, as people read it. */
const TAGS: Readonly<Record<string, Bilingual>> = {
  session: { zh: '登录与会话', en: 'logging in' },
  accounts: { zh: '账号、令牌', en: 'accounts and tokens' },
  audit: { zh: '审计日志', en: 'the audit journal' },
  register: { zh: '区域、设施、监测点、设备', en: 'areas, assets, points, devices' },
  devices: { zh: '设备凭据', en: 'credentials of devices' },
  readings: { zh: '读数', en: 'readings' },
  alarms: { zh: '报警', en: 'alarms' },
  rules: { zh: '规则、回测', en: 'rules and backtests' },
  upstream: { zh: '上级与下级平台', en: 'platforms above and below' },
  notices: { zh: '通知、排班', en: 'notices, people, rosters' },
  orders: { zh: '工单', en: 'orders' },
  warnings: { zh: '预警', en: 'warnings' },
  risks: { zh: '风险、六步、指数', en: 'risk, findings, the index' },
  drills: { zh: '演练', en: 'drills' },
  handovers: { zh: '交接班', en: 'hand-overs' },
  exports: { zh: '导出与规则文件', en: 'what people take away, and rules as a file' },
  reports: { zh: '报告', en: 'reports' },
  citizens: { zh: '市民诉求', en: 'what citizens tell a hotline' },
  incidents: { zh: '事件', en: 'incidents' },
  resources: { zh: '预案、应急资源', en: 'plans and resources' },
  map: { zh: '地图', en: 'the map of the house' },
  desk: { zh: '值班台：视图、曲线标注', en: 'what the desk keeps: views, notes beside curves' },
  doors: {
    zh: '第三方平台接入：映射、推送、未登记设备',
    en: 'other systems: mappings, pushes, unknown devices',
  },
  service: { zh: '服务自身', en: 'the service itself' },
};

/** `/openapi.json`: the route table as OpenAPI 3.1. */
export function openapi(version: string): Json {
  const book = new SchemaBook();
  const paths: Record<string, Json> = {};
  for (const [name, route] of Object.entries(ROUTES) as [string, RouteSpec][]) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(name, route, book) };
  }
  book.out(problemOut);
  const named = book.named();
  for (const [, operations] of Object.entries(paths))
    for (const operation of Object.values(operations)) giveExamples(operation as Operation, named);
  return {
    openapi: '3.1.0',
    info: {
      title: 'lifeline-watch',
      version,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      description:
        '城市生命线安全工程监测服务。Times are ISO 8601 UTC; lists answer `{items, next}` and take `?limit=&after=`; errors are RFC 9457 with a stable `code`, their text in the language of `Accept-Language` (zh unless en is asked for). MQTT and the live stream are described in `/asyncapi.json`.',
    },
    servers: [{ url: '/', description: 'where this document was fetched from' }],
    tags: Object.entries(TAGS).map(([name, { zh, en }]) => ({ name, description: `${zh} ${en}` })),
    security: [{ bearer: [] }, { cookie: [] }],
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        cookie: { type: 'apiKey', in: 'cookie', name: SESSION_COOKIE },
      },
      schemas: named,
    },
  };
}

type Content = Record<string, { readonly schema: Json; example?: unknown }>;
type Operation = {
  readonly parameters?: {
    readonly in: string;
    readonly name: string;
    readonly schema: Json;
    example?: unknown;
  }[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Record<string, { readonly content?: Content }>;
};

/** One in each body, and of what stands in the path. What only narrows a question is left to whoever asks. */
function giveExamples({ parameters = [], requestBody, responses }: Operation, named: Json): void {
  for (const p of parameters) if (p.in === 'path') p.example = exampleOf(p.schema, named, p.name);
  for (const { content = {} } of [requestBody ?? {}, ...Object.values(responses)]) {
    const body = content['application/json'];
    if (body !== undefined) body.example = exampleOf(body.schema, named);
  }
}

/** What an answer that refuses looks like, with the first of its codes. */
function refused(status: number, code: AnyProblemCode): Json {
  const { zh } = titleOf(code);
  return { type: `urn:lifeline:problem:${code}`, title: zh, status, detail: zh, code };
}

function operation(name: string, route: RouteSpec, book: SchemaBook): Json {
  return {
    operationId: name,
    tags: [route.tag],
    summary: route.does.en,
    description: route.does.zh,
    ...(route.who === 'anybody' ? { security: [] } : {}),
    ...(route.params || route.query
      ? {
          parameters: [...parameters('path', route.params, book), ...parameters('query', route.query, book)],
        }
      : {}),
    ...(route.body ? { requestBody: requestBody(route.body, book) } : {}),
    responses: responses(route, book),
  };
}

function parameters(where: 'path' | 'query', shape: z.ZodObject | undefined, book: SchemaBook): Json[] {
  return Object.entries(shape?.shape ?? {}).map(([name, schema]) => {
    const { description, ...rest } = book.in(schema as z.ZodType);
    const required = where === 'path' || !z.safeParse(schema as z.ZodType, undefined).success;
    return { name, in: where, required, ...(description ? { description } : {}), schema: rest };
  });
}

/** Of a file that a person can read. */
const TEXT_FILE = { example: '{"type":"FeatureCollection","features":[]}' };

function requestBody(body: NonNullable<RouteSpec['body']>, book: SchemaBook): Json {
  if (body.type === 'csv') {
    return { required: true, content: { 'text/csv': { schema: { type: 'string' } } } };
  }
  if (body.type === 'file') {
    const schema = { type: 'string', format: 'binary' };
    const content = body.accepts.map((t) => [t, { schema, ...(t.endsWith('json') ? TEXT_FILE : {}) }]);
    return { required: true, content: Object.fromEntries(content) };
  }
  if (body.type === 'form')
    return { required: true, content: { [MEDIA.form]: { schema: book.in(body.schema) } } };
  const schema = book.in(body.type === 'json' ? body.schema : body.documented);
  const required = !(body.type === 'json' && body.optional);
  return { required, content: { 'application/json': { schema } } };
}

function responses(route: RouteSpec, book: SchemaBook): Json {
  const out: Record<string, Json> = { [route.answer.status]: answer(route, book) };
  if (route.orStatus) out[route.orStatus] = answer(route, book);
  if (route.etag) out[304] = { description: 'Nothing is new since the `ETag` given as `If-None-Match`.' };
  const byStatus = new Map<number, AnyProblemCode[]>();
  for (const code of problemCodesOf(route)) {
    byStatus.set(statusOf(code), [...(byStatus.get(statusOf(code)) ?? []), code]);
  }
  for (const [status, codes] of byStatus) {
    const description = codes.map((c) => `\`${c}\` ${titleOf(c).en} (${titleOf(c).zh})`).join('\n\n');
    const [first] = codes;
    const example = first === undefined ? {} : { example: refused(status, first) };
    const content = {
      [short(MEDIA.problem)]: { schema: { $ref: '#/components/schemas/Problem' }, ...example },
    };
    out[status] = { description, content: { ...(out[status]?.content as Json | undefined), ...content } };
  }
  return out;
}

function answer(route: RouteSpec, book: SchemaBook): Json {
  const description = route.does.en;
  switch (route.answer.type) {
    case 'json':
      return { description, content: { [short(MEDIA.json)]: { schema: book.out(route.answer.schema) } } };
    case 'document':
      return { description, content: { [short(MEDIA.json)]: { schema: { type: 'object' } } } };
    case 'csv':
      return { description, content: { [short(MEDIA.csv)]: { schema: { type: 'string' } } } };
    case 'workbook':
      return { description, content: { [MEDIA.workbook]: { schema: { type: 'string', format: 'binary' } } } };
    case 'text':
      return { description, content: { [short(MEDIA.text)]: { schema: { type: 'string' } } } };
    case 'xml':
      return { description, content: { [route.answer.media]: { schema: { type: 'string' } } } };
    case 'file': {
      const schema = { type: 'string', format: 'binary' };
      return { description, content: Object.fromEntries(route.answer.media.map((t) => [t, { schema }])) };
    }
    case 'slice':
      return {
        description,
        content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
      };
    case 'page':
      return { description, content: { [short(MEDIA.page)]: { schema: { type: 'string' } } } };
    case 'nothing':
      return { description };
  }
}
