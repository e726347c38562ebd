import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { explain, inLanguage } from '../../wire/http-issues.ts';
import { type Language, languageOf } from '../../wire/http-language.ts';
import type { BodySpec, RouteSpec } from '../../wire/http-route.ts';
import { MEDIA } from '../../wire/openapi.ts';
import { type Admitted, admit } from './admit.ts';
import type { Body } from './bodies.ts';
import type { Ask, Handler } from './handler.ts';
import type { Parts } from './parts.ts';
import { HttpProblem } from './problem.ts';

export const languageOfRequest = (request: FastifyRequest): Language =>
  languageOf(request.headers['accept-language']);

/** Registers one line of the route table: admit, read, check, answer, in this order for every route. */
export function serveRoute(
  app: FastifyInstance,
  name: string,
  route: RouteSpec,
  handler: Handler<RouteSpec>,
  given: { readonly accounts: Parts['accounts']; readonly trustOrigins: readonly string[] },
): void {
  const admitted = new WeakMap<FastifyRequest, Admitted>();
  app.route({
    method: route.method,
    url: route.path.replaceAll(/\{(\w+)\}/g, ':$1'),
    config: { name },
    ...(route.body ? { bodyLimit: route.body.atMost } : {}),
    onRequest: async (request) => {
      admitted.set(request, admit(request, route, given.accounts, given.trustOrigins));
    },
    handler: async (request, reply) => {
      const who = admitted.get(request) ?? null;
      const language = languageOfRequest(request);
      const ask = {
        params: checked(route.params, request.params, 'params', language),
        query: checked(route.query, request.query, 'query', language),
        body: bodyOf(route.body, request.body as Body | undefined, language),
        session: who?.session ?? null,
        token: who?.token ?? null,
        language,
        from: request.ip,
        secure: isSecure(request),
        header: (header, value) => reply.header(header, value),
        status: (code) => reply.code(code),
      } as Ask<RouteSpec>;
      reply.code(route.answer.status);
      return send(reply, route, await handler(ask));
    },
  });
}

function checked(
  schema: z.ZodType | undefined,
  value: unknown,
  part: 'params' | 'query' | 'body',
  language: Language,
): unknown {
  if (schema === undefined) return undefined;
  const found = schema.safeParse(value, inLanguage(language));
  if (!found.success)
    throw new HttpProblem('invalid', { errors: explain(found.error.issues, part, language) });
  return found.data;
}

function bodyOf(spec: BodySpec | undefined, body: Body | undefined, language: Language): unknown {
  if (spec === undefined) return undefined;
  if (spec.type === 'csv') {
    if (body?.is !== 'csv') throw new HttpProblem('unsupported-media-type', { detail: WANTS_CSV });
    return body.bytes;
  }
  if (body?.is === 'csv') throw new HttpProblem('unsupported-media-type', { detail: WANTS_JSON });
  if (body === undefined) throw new HttpProblem('not-json', { detail: WANTS_JSON });
  return spec.type === 'json' ? checked(spec.schema, body.value, 'body', language) : body.value;
}

const WANTS_JSON = {
  zh: '须为 JSON 正文（Content-Type: application/json）',
  en: 'It wants a JSON body (Content-Type: application/json).',
};
const WANTS_CSV = {
  zh: '须为 CSV 正文（Content-Type: text/csv）',
  en: 'It wants a CSV body (Content-Type: text/csv).',
};

/** The page's own scheme, where a browser names it: behind a proxy that is the only one who knows. */
const isSecure = (request: FastifyRequest): boolean =>
  request.protocol === 'https' || (request.headers.origin ?? '').startsWith('https://');

function send(reply: FastifyReply, route: RouteSpec, answer: unknown): FastifyReply {
  switch (route.answer.type) {
    case 'json':
      return reply.type(MEDIA.json).send(JSON.stringify(answer));
    case 'document':
      return reply.type(MEDIA.json).send(answer);
    case 'text':
      return reply.type(MEDIA.text).send(answer);
    case 'csv':
      return reply
        .type(MEDIA.csv)
        .send(Readable.from(answer as AsyncIterable<string>, { objectMode: false }));
    case 'nothing':
      return reply.send();
  }
}
