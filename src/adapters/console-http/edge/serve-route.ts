import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { accountName } from '../../../domain/account/name.ts';
import { may } from '../../../domain/account/permissions.ts';
import { maySeeArea } from '../../../domain/account/scope.ts';
import { as } from '../../../domain/ids.ts';
import type { AuditValue } from '../../../flow/ports/audit.ts';
import type { MapSlice } from '../../../flow/ports/maps.ts';
import { MEDIA } from '../../../wire/http/documents/openapi.ts';
import { type Language, languageOf } from '../../../wire/http/head/language.ts';
import { showsNothing } from '../../../wire/http/head/origin.ts';
import { explain, WITH_INPUT } from '../../../wire/http/issues.ts';
import { statusOf } from '../../../wire/http/problems.ts';
import type { BodySpec, RouteSpec } from '../../../wire/http/route.ts';
import type { FileAnswer, Handler, RouteRequest } from '../answer/handler.ts';
import { HttpProblem } from '../answer/problem.ts';
import { problemOf } from '../answer/problem-of-error.ts';
import type { Services } from '../answer/services.ts';
import { type AdmissionParts, admit } from './admit.ts';
import type { Body } from './bodies.ts';
import { type AuditedRequest, RouteAudit } from './route-audit.ts';
import { registerSeen } from './scoped-register.ts';
import { type Admitted, addressOf, whoIs } from './who.ts';

export const languageOfRequest = (request: FastifyRequest): Language =>
  languageOf(request.headers['accept-language']);

/** Registers one line of the route table: admit, read, check, answer, in this order for every route. */
export function serveRoute(
  app: FastifyInstance,
  {
    name,
    route,
    handler,
  }: { readonly name: string; readonly route: RouteSpec; readonly handler: Handler<RouteSpec> },
  door: AdmissionParts,
  parts: Pick<Services, 'audit' | 'clock' | 'service'>,
): void {
  const admitted = new WeakMap<FastifyRequest, Admitted | null>();
  const trace = new RouteAudit(name, route, parts);
  const { register } = parts.service;
  const parentOf = (area: string) => register.area(as.area(area))?.parent;
  const asked = (request: FastifyRequest, who: Admitted | null, body: unknown): AuditedRequest => ({
    who: who?.session.account ?? callsHimself(name, body),
    from: addressOf(request),
    params: request.params,
    body,
  });
  const refused = (request: FastifyRequest, who: Admitted | null, body: unknown, error: unknown): never => {
    const problem = problemOf(error, parts.service.health().journal === 'failed');
    // The page asks who is there before anybody has logged in: a first visit, and no attempt.
    const firstVisit = name === 'me' && problem.code === 'no-session' && showsNothing(request.headers);
    if (!firstVisit) trace.refused(asked(request, who, body), problem, statusOf(problem.code));
    door.trace.told(request);
    throw error;
  };
  app.route({
    method: route.method,
    url: route.path.replaceAll(/\{(\w+)\}/g, ':$1'),
    config: {
      name,
      ...(route.body?.type === 'form' ? { takesForm: true } : {}),
      ...(route.body?.type === 'bytes' ? { takesBytes: true } : {}),
    },
    ...(route.body ? { bodyLimit: route.body.atMost } : {}),
    onRequest: async (request) => {
      const who = whoIs(request, door.accounts);
      admitted.set(request, who);
      try {
        admit(request, { name, route }, who, door);
      } catch (error) {
        refused(request, who, undefined, error);
      }
    },
    handler: async (request, reply) => {
      const who = admitted.get(request) ?? null;
      const language = languageOfRequest(request);
      const areas = who?.session.areas ?? null;
      const sees = remembering((area) => maySeeArea(areas, area, parentOf));
      let before: unknown;
      let after: AuditValue | undefined;
      const said = toldBody(request.body as Body | undefined);
      const of = () => ({
        params: checked(route.params, request.params, 'params', language),
        query: checked(route.query, request.query, 'query', language),
        body: bodyOf(route.body, request.body as Body | undefined, language),
        sees,
        register: registerSeen(register, sees, areas),
        can: (right: Parameters<typeof may>[1]) => may(who?.session.roles ?? [], right),
        was: (x: unknown) => {
          before = x;
        },
        became: (x: AuditValue) => {
          after = x;
        },
        session: who?.session ?? null,
        token: who?.token ?? null,
        language,
        from: addressOf(request),
        range: rangeOf(request.headers.range),
        secure: isSecure(request),
        headers: request.headers,
        header: (header: string, value: string) => reply.header(header, value),
        status: (code: number) => reply.code(code),
      });
      try {
        const ask = of() as RouteRequest<RouteSpec>;
        await trace.mayBegin();
        reply.code(route.answer.status);
        const answer = await handler(ask);
        await trace.done(asked(request, who, said), before, after);
        return send(reply, route, answer, request.headers['if-none-match']);
      } catch (error) {
        return refused(request, who, said, error);
      }
    },
  });
}

/** A city has far more points than areas. */
function remembering(sees: (area: string) => boolean): (area: string) => boolean {
  const known = new Map<string, boolean>();
  return (area) => {
    const before = known.get(area);
    if (before !== undefined) return before;
    const found = sees(area);
    known.set(area, found);
    return found;
  };
}

/** A stranger's own word for themselves, at a log-in. */
const callsHimself = (name: string, body: unknown): string | null => {
  const account = name === 'login' ? (body as { account?: unknown } | undefined)?.account : null;
  return typeof account === 'string' ? accountName(account).slice(0, 64) : null;
};

/** A body as the audit journal keeps it: of a file only its size. */
function toldBody(body: Body | undefined): AuditValue | undefined {
  if (body === undefined) return undefined;
  if (body.is === 'csv') return { csvBytes: body.bytes.byteLength };
  return body.is === 'file' || body.is === 'raw'
    ? { bytes: body.bytes.byteLength }
    : (body.value as AuditValue);
}

function checked(
  schema: z.ZodType | undefined,
  value: unknown,
  part: 'params' | 'query' | 'body',
  language: Language,
): unknown {
  if (schema === undefined) return undefined;
  const found = schema.safeParse(value, WITH_INPUT);
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
  if (spec.type === 'file') {
    if (body?.is !== 'file' || !spec.accepts.includes(body.media))
      throw new HttpProblem('unsupported-media-type', { detail: wantsFile(spec.accepts) });
    return body.bytes;
  }
  if (spec.type === 'bytes') {
    if (body?.is !== 'raw') throw new HttpProblem('not-json', { detail: WANTS_JSON });
    return body.bytes;
  }
  if (spec.type === 'form') {
    if (body?.is !== 'form') throw new HttpProblem('unsupported-media-type');
    return checked(spec.schema, body.value, 'body', language);
  }
  if (body?.is === 'csv' || body?.is === 'file' || body?.is === 'raw')
    throw new HttpProblem('unsupported-media-type', { detail: WANTS_JSON });
  if (body === undefined && spec.type === 'json' && spec.optional)
    return checked(spec.schema, {}, 'body', language);
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

const wantsFile = (accepts: readonly string[]) => ({
  zh: `须为文件，Content-Type 为 ${accepts.join('、')} 之一`,
  en: `It wants a file, its Content-Type one of ${accepts.join(', ')}.`,
});

/** One piece with both its ends: nobody who reads a file of ours asks otherwise. */
function rangeOf(head: string | undefined): { readonly from: number; readonly to: number } | null {
  const [, from, to] = /^bytes=(\d{1,15})-(\d{1,15})$/.exec(head ?? '') ?? [];
  return from === undefined || to === undefined || Number(to) < Number(from)
    ? null
    : { from: Number(from), to: Number(to) };
}

/** The page's own scheme, where a browser names it: behind a proxy that is the only one who knows. */
const isSecure = (request: FastifyRequest): boolean =>
  request.protocol === 'https' || (request.headers.origin ?? '').startsWith('https://');

function send(reply: FastifyReply, route: RouteSpec, answer: unknown, known?: string): FastifyReply {
  switch (route.answer.type) {
    case 'json': {
      const text = JSON.stringify(answer);
      if (route.etag === true) {
        const etag = `"${createHash('sha256').update(text).digest('base64url')}"`;
        reply.header('etag', etag);
        if (known === etag) return reply.code(304).send();
      }
      return reply.type(MEDIA.json).send(text);
    }
    case 'document':
      return reply.type(MEDIA.json).send(answer);
    case 'text':
      return reply.type(MEDIA.text).send(answer);
    case 'page':
      return reply.type(MEDIA.page).send(answer);
    case 'csv':
      return reply
        .type(MEDIA.csv)
        .send(Readable.from(answer as AsyncIterable<string>, { objectMode: false }));
    case 'workbook':
      return reply
        .type(MEDIA.workbook)
        .send(Readable.from(answer as AsyncIterable<Uint8Array>, { objectMode: false }));
    case 'xml':
      return reply.type(`${route.answer.media}; charset=utf-8`).send(answer);
    case 'file': {
      const { bytes, type, name } = answer as FileAnswer;
      return reply
        .type(type)
        .header('content-disposition', `attachment; filename="${name}"`)
        .header('content-security-policy', "default-src 'none'; sandbox")
        .send(Buffer.from(bytes));
    }
    case 'slice': {
      const { bytes, from, size, version } = answer as MapSlice;
      return reply
        .type('application/octet-stream')
        .header('accept-ranges', 'bytes')
        .header('content-range', `bytes ${from}-${from + bytes.length - 1}/${size}`)
        .header('etag', `"${version}"`)
        .send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    }
    case 'nothing':
      return reply.send();
  }
}
