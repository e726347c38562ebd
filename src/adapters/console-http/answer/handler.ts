import type { z } from 'zod';
import type { Right } from '../../../domain/account/permissions.ts';
import type { Session } from '../../../flow/ports/accounts.ts';
import type { AuditValue } from '../../../flow/ports/audit.ts';
import type { MapSlice } from '../../../flow/ports/maps.ts';
import type { RegisterView } from '../../../flow/ports/service.ts';
import type { Language } from '../../../wire/http/head/language.ts';
import type { Headers } from '../../../wire/http/head/origin.ts';
import type { RouteSpec } from '../../../wire/http/route.ts';
import type { RouteName, Routes } from '../../../wire/http/routes.ts';

type Parsed<R, K extends string> = R extends { readonly [k in K]: infer S extends z.ZodType }
  ? z.output<S>
  : undefined;

type BodyOf<R> = R extends {
  readonly body: { readonly type: 'json'; readonly schema: infer S extends z.ZodType };
}
  ? z.output<S>
  : R extends { readonly body: { readonly type: 'json-as-is' } }
    ? unknown
    : R extends { readonly body: { readonly type: 'form'; readonly schema: infer S extends z.ZodType } }
      ? z.output<S>
      : R extends { readonly body: { readonly type: 'csv' | 'file' | 'bytes' } }
        ? Uint8Array
        : undefined;

/** A request after everything that can be checked before looking at the service was checked. */
export type RouteRequest<R extends RouteSpec> = {
  readonly params: Parsed<R, 'params'>;
  readonly query: Parsed<R, 'query'>;
  readonly body: BodyOf<R>;
  readonly session: R['who'] extends 'anybody' ? null : Session;
  readonly token: R['who'] extends 'anybody' ? null : string;
  readonly language: Language;
  /** The client's address. */
  readonly from: string;
  /** Which bytes are asked for, both ends included; `null`: not by one piece with two ends. */
  readonly range: { readonly from: number; readonly to: number } | null;
  /** The browser's connection is encrypted, here or at a proxy before us. */
  readonly secure: boolean;
  /** The register as they have it. */
  readonly register: RegisterView;
  /** Whether this area is one of theirs. */
  sees(area: string): boolean;
  can(right: Right): boolean;
  /** For the audit journal: how it was before the change. */
  was(before: unknown): void;
  /** For the audit journal: what was made of it, where that is more than the body says. Never a secret. */
  became(after: AuditValue): void;
  /** As they came. */
  readonly headers: Headers;
  header(name: string, value: string): void;
  /** Instead of the route's usual one: `orStatus` of the table. */
  status(code: number): void;
};

/** A file on its way out: never shown as a page. */
export type FileAnswer = { readonly bytes: Uint8Array; readonly type: string; readonly name: string };

type AnswerOf<R extends RouteSpec> = R['answer'] extends {
  readonly type: 'json';
  readonly schema: infer S extends z.ZodType;
}
  ? z.input<S>
  : R['answer'] extends { readonly type: 'csv' }
    ? AsyncIterable<string>
    : R['answer'] extends { readonly type: 'workbook' }
      ? AsyncIterable<Uint8Array>
      : R['answer'] extends { readonly type: 'file' }
        ? FileAnswer
        : R['answer'] extends { readonly type: 'slice' }
          ? MapSlice
          : R['answer'] extends { readonly type: 'text' | 'document' | 'page' | 'xml' }
            ? string
            : undefined;

export type Handler<R extends RouteSpec> = (ask: RouteRequest<R>) => AnswerOf<R> | Promise<AnswerOf<R>>;

/** One handler for each line of the table: a route without one, or one without a route, does not compile. */
export type Handlers = { readonly [N in RouteName]: Handler<Routes[N]> };
