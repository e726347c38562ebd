import type { z } from 'zod';
import type { Right } from '../../domain/account/permissions.ts';
import type { RefusalCode } from '../../domain/refusals.ts';
import type { Bilingual } from '../../domain/text.ts';
import type { AnyProblemCode } from './problems.ts';

/**
 * Who may ask, and by which right. `unset`: also a session that must set its password first, and so may do nothing
 * else; `self`: people alone. Whoever forgets to say it is told by the compiler.
 */
type Access =
  | { readonly who: 'anybody'; readonly right: 'anybody' }
  | { readonly who: 'session' | 'unset'; readonly right: Right };

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** What comes in as the body. `json` is parsed and checked; `csv` is handed on as text. */
export type BodySpec =
  | {
      readonly type: 'json';
      readonly schema: z.ZodType;
      readonly atMost: number;
      /** None at all is as good as `{}`. */
      readonly optional?: true;
    }
  /** The handler takes it apart by itself: item by item, so that one bad item does not refuse the others. */
  | { readonly type: 'json-as-is'; readonly documented: z.ZodType; readonly atMost: number }
  | { readonly type: 'csv'; readonly atMost: number }
  /** JSON that the handler wants as it came: its signature is over the bytes, and so is what is kept of it. */
  | { readonly type: 'bytes'; readonly documented: z.ZodType; readonly atMost: number }
  /** The bytes of a file of one of these types. */
  | { readonly type: 'file'; readonly accepts: readonly string[]; readonly atMost: number }
  /** Of a page without a script. */
  | { readonly type: 'form'; readonly schema: z.ZodObject; readonly atMost: number };

export type AnswerSpec =
  | { readonly status: number; readonly type: 'json'; readonly schema: z.ZodType }
  | { readonly status: number; readonly type: 'csv' | 'text' | 'document' | 'page' }
  /** The bytes of a workbook, piece by piece. */
  | { readonly status: number; readonly type: 'workbook' }
  /** The bytes of a file, each of a type that is no page. */
  | { readonly status: number; readonly type: 'file'; readonly media: readonly string[] }
  /** A piece of a file, as the head `Range` of the request asks for one. */
  | { readonly status: 206; readonly type: 'slice' }
  | { readonly status: number; readonly type: 'xml'; readonly media: string }
  | { readonly status: 204; readonly type: 'nothing' };

/** One line of the route table: everything that the server, the documents and the tests know of a route. */
export type RouteSpec = Access & {
  readonly method: Method;
  /** With `{code}` for what varies; outside `/api/v1` only what watches the service itself. */
  readonly path: string;
  readonly tag: string;
  readonly does: Bilingual;
  /** What it is called in the audit journal: who reads there has no time for `does`. */
  readonly act: Bilingual;
  /**
   * Asking it leaves a trace in the audit journal, also when it is granted: a change, or a question that is an act
   * (taking a file away). Attempts that are refused leave one always.
   */
  readonly audited: boolean;
  /** Its body names a person who is nobody of ours: the audit journal, from which nothing goes, is not told what it says. */
  readonly isPersonal?: true;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: BodySpec;
  readonly answer: AnswerSpec;
  /** The answer with another status, of the same shape: 503 of `/readyz`. */
  readonly orStatus?: number;
  /** Its answer has an `ETag`: whoever gives it back as `If-None-Match` is answered 304 where nothing is new. */
  readonly etag?: true;
  /** Beyond those that every route of its kind can meet. */
  readonly problems?: readonly AnyProblemCode[];
  readonly refusals?: readonly RefusalCode[];
};

/** Checks a line of the table and keeps its own types, so that its handler is held to them. */
export const route = <const R extends RouteSpec>(r: R): R => r;
