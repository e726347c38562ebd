import { z } from 'zod';
import { SESSION_COOKIE } from './head/origin.ts';
import { type AnyProblemCode, problemOut, statusOf, titleOf } from './problems.ts';
import type { RouteSpec } from './route.ts';
import { ROUTES } from './routes.ts';
import { SchemaBook } from './schema-book.ts';

type Json = Record<string, unknown>;

/** Media types of the bodies that go out. */
export const MEDIA = {
  json: 'application/json; charset=utf-8',
  problem: 'application/problem+json; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
  page: 'text/html; charset=utf-8',
  form: 'application/x-www-form-urlencoded',
  text: 'text/plain; version=0.0.4; charset=utf-8',
} as const;

const short = (media: string) => media.split(';')[0] ?? media;

/** Every code that a route can answer with: its own, and those that its kind brings along. */
export function problemCodesOf(route: RouteSpec): readonly AnyProblemCode[] {
  const codes = new Set<AnyProblemCode>(['internal', 'bad-url']);
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

/** `/openapi.json`: the route table as OpenAPI 3.1. */
export function openapi(version: string): Json {
  const book = new SchemaBook();
  const paths: Record<string, Json> = {};
  for (const [name, route] of Object.entries(ROUTES) as [string, RouteSpec][]) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(name, route, book) };
  }
  book.out(problemOut);
  return {
    openapi: '3.1.0',
    info: {
      title: 'lifeline-watch',
      version,
      description:
        '城市生命线安全工程监测服务。Times are ISO 8601 UTC; lists answer `{items, next}` and take `?limit=&after=`; errors are RFC 9457 with a stable `code`, their text in the language of `Accept-Language` (zh unless en is asked for). MQTT and the live stream are described in `/asyncapi.json`.',
    },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }, { cookie: [] }],
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        cookie: { type: 'apiKey', in: 'cookie', name: SESSION_COOKIE },
      },
      schemas: book.named(),
    },
  };
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

function requestBody(body: NonNullable<RouteSpec['body']>, book: SchemaBook): Json {
  if (body.type === 'csv') {
    return { required: true, content: { 'text/csv': { schema: { type: 'string' } } } };
  }
  if (body.type === 'file') {
    const schema = { type: 'string', format: 'binary' };
    return { required: true, content: Object.fromEntries(body.accepts.map((t) => [t, { schema }])) };
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
    const content = { [short(MEDIA.problem)]: { schema: { $ref: '#/components/schemas/Problem' } } };
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
    case 'text':
      return { description, content: { [short(MEDIA.text)]: { schema: { type: 'string' } } } };
    case 'xml':
      return { description, content: { [route.answer.media]: { schema: { type: 'string' } } } };
    case 'file': {
      const schema = { type: 'string', format: 'binary' };
      return { description, content: Object.fromEntries(route.answer.media.map((t) => [t, { schema }])) };
    }
    case 'page':
      return { description, content: { [short(MEDIA.page)]: { schema: { type: 'string' } } } };
    case 'nothing':
      return { description };
  }
}
