import type { FastifyReply } from 'fastify';
import type { Refusal } from '../../../domain/refusals.ts';
import type { RegisterRefusal } from '../../../domain/register/commands.ts';
import type { Bilingual } from '../../../domain/text.ts';
import { MEDIA } from '../../../wire/http/documents/openapi.ts';
import type { Language } from '../../../wire/http/head/language.ts';
import {
  type AnyProblemCode,
  type FieldError,
  type ProblemJson,
  statusOf,
  titleOf,
} from '../../../wire/http/problems.ts';

/** An answer that is not what was asked for. Thrown by whoever finds it, caught once, at the edge. */
export class HttpProblem extends Error {
  readonly code: AnyProblemCode;
  readonly detail: Bilingual | null;
  readonly errors: readonly FieldError[];
  readonly headers: Readonly<Record<string, string>>;
  /** For the audit journal, where the client is told less: of a foreign district it learns that nothing is there. */
  readonly audit: string | null;

  constructor(
    code: AnyProblemCode,
    more: {
      detail?: Bilingual | null;
      errors?: readonly FieldError[];
      headers?: Readonly<Record<string, string>>;
      audit?: string;
    } = {},
  ) {
    super(code);
    this.name = 'HttpProblem';
    this.code = code;
    this.detail = more.detail ?? null;
    this.errors = more.errors ?? [];
    this.headers = more.headers ?? {};
    this.audit = more.audit ?? null;
  }
}

/** A change of the register that was refused: field by field of the body what would be right. */
export const refusedChange = ({ code, detail, flaws, foreign }: RegisterRefusal, language: Language) =>
  new HttpProblem(code, {
    detail,
    errors: flaws.map((f) => ({ at: `body.${f.field ?? ''}`, message: f.say[language] })),
    ...(foreign ? { audit: 'foreign-area' } : {}),
  });

export const refused = (r: Refusal): HttpProblem => new HttpProblem(r.code, { detail: r.detail });

/** There is such a thing, but not for them: they are told what a stranger to the register would be told. */
export const hidden = (code: AnyProblemCode): HttpProblem => new HttpProblem(code, { audit: 'foreign-area' });

/** One field of the request is not right. */
export function invalid(at: string, zh: string, en: string, language: Language): HttpProblem {
  return new HttpProblem('invalid', { errors: [{ at, message: { zh, en }[language] }] });
}

export function problemJson(p: HttpProblem, language: Language): ProblemJson {
  return {
    type: `urn:lifeline:problem:${p.code}`,
    title: titleOf(p.code)[language],
    status: statusOf(p.code),
    detail: detailOf(p, language),
    code: p.code,
    ...(p.errors.length > 0 ? { errors: [...p.errors] } : {}),
  };
}

/** What a person reads first: the particulars where there are any. */
function detailOf(p: HttpProblem, language: Language): string {
  if (p.detail !== null) return p.detail[language];
  const [first] = p.errors;
  return first === undefined ? titleOf(p.code)[language] : `${first.at}: ${first.message}`;
}

export function sendProblem(reply: FastifyReply, p: HttpProblem, language: Language): FastifyReply {
  const status = statusOf(p.code);
  if (status === 401) reply.header('www-authenticate', 'Bearer');
  return reply
    .code(status)
    .headers(p.headers)
    .header('content-language', language === 'zh' ? 'zh-CN' : 'en')
    .type(MEDIA.problem)
    .send(JSON.stringify(problemJson(p, language)));
}

/** `Retry-After` in whole seconds, at least one. */
export const retryAfter = (ms: number): { 'retry-after': string } => ({
  'retry-after': String(Math.max(1, Math.ceil(ms / 1_000))),
});
