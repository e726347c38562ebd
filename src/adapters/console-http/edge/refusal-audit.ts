import type { FastifyRequest } from 'fastify';
import { statusOf } from '../../../wire/http/problems.ts';
import type { HttpProblem } from '../answer/problem.ts';
import type { Services } from '../answer/services.ts';
import { addressOf, whoIs } from './who.ts';

/** Statuses by which an input is turned away for its form: too large, no JSON, an address that is none. */
const ILL_FORMED = new Set([400, 413, 414, 415, 431]);
const OBJECT = 200;

/** What a link in a notice is, is known to whom it was sent, and to nobody who reads this. */
const withoutLink = (path: string): string => path.replace(/^\/go\/[^/]+/, '/go/…');

/** Tells the audit journal of requests that were turned away before any route could: routes trace their own. */
export class RefusalAudit {
  readonly #parts: Pick<Services, 'audit' | 'clock' | 'accounts'>;
  readonly #traced = new WeakSet<FastifyRequest>();

  constructor(parts: Pick<Services, 'audit' | 'clock' | 'accounts'>) {
    this.#parts = parts;
  }

  /** Its route has told of it. */
  told(request: FastifyRequest): void {
    this.#traced.add(request);
  }

  refused(request: FastifyRequest, problem: HttpProblem): void {
    if (this.#traced.has(request)) return;
    if (!ILL_FORMED.has(statusOf(problem.code)) && problem.audit === null) return;
    const { name } = (request.routeOptions?.config ?? {}) as { name?: string };
    void this.#parts.audit.record({
      at: this.#parts.clock.now(),
      who: whoIs(request, this.#parts.accounts)?.session.account ?? null,
      from: addressOf(request),
      what: `http.${name ?? 'other'}`,
      // Without the query: whoever put their token there shall not find it here.
      object: `${request.method} ${withoutLink(request.url.split('?', 1)[0] ?? '')}`.slice(0, OBJECT),
      outcome: 'refused',
      why: problem.audit ?? problem.code,
    });
  }
}
