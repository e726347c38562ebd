import { isPrivileged } from '../../../domain/account/permissions.ts';
import type { AuditEntry, AuditValue } from '../../../flow/ports/audit.ts';
import type { RouteSpec } from '../../../wire/http/route.ts';
import { HttpProblem } from '../answer/problem.ts';
import type { Services } from '../answer/services.ts';

/** Statuses of what somebody tried and could not: also a question whose form was wrong, for that is how one probes. */
const ATTEMPTS = new Set([400, 401, 403, 429]);

export type AuditedRequest = {
  readonly who: string | null;
  readonly from: string;
  readonly params: unknown;
  readonly body: unknown;
};

/** What the audit journal is told of a route's requests. */
export class RouteAudit {
  readonly #what: string;
  readonly #acts: boolean;
  readonly #privileged: boolean;
  readonly #personal: boolean;
  readonly #parts: Pick<Services, 'audit' | 'clock'>;

  constructor(name: string, route: RouteSpec, parts: Pick<Services, 'audit' | 'clock'>) {
    this.#what = `${route.tag}.${name}`;
    this.#acts = route.audited;
    this.#privileged = isPrivileged(route.right);
    this.#personal = route.isPersonal === true;
    this.#parts = parts;
  }

  /** @throws HttpProblem where nothing privileged may begin, for it would leave no trace */
  async mayBegin(): Promise<void> {
    if (this.#privileged && !(await this.#parts.audit.writable())) throw new HttpProblem('audit-failed');
  }

  /** Resolves when a privileged act's trace is on disk; others are not held up by it. */
  async done(asked: AuditedRequest, before: unknown, after: AuditValue | undefined): Promise<void> {
    if (!this.#acts) return;
    const kept = this.#parts.audit.record({
      ...this.#entry(asked),
      outcome: 'done',
      ...(before === undefined ? {} : { before: before as AuditValue }),
      ...afterOf(after ?? this.#saidOf(asked)),
    });
    if (this.#privileged) await kept;
  }

  refused(asked: AuditedRequest, problem: HttpProblem, status: number): void {
    const attempt = ATTEMPTS.has(status) || problem.audit !== null;
    if (!this.#acts && !attempt) return;
    void this.#parts.audit.record({
      ...this.#entry(asked),
      outcome: 'refused',
      why: problem.audit ?? problem.code,
      // It was refused for what it says of a person.
      ...afterOf(problem.code === 'names-caller' ? undefined : this.#saidOf(asked)),
    });
  }

  #saidOf({ body }: AuditedRequest): AuditValue | undefined {
    return this.#personal ? undefined : (body as AuditValue | undefined);
  }

  #entry({ who, from, params, body }: AuditedRequest): Omit<AuditEntry, 'outcome'> {
    const named = {
      ...(this.#personal ? {} : (body as object | undefined)),
      ...(params as object | undefined),
    } as Record<string, unknown>;
    const object = named.code ?? named.id ?? named.account ?? named.name ?? null;
    return {
      at: this.#parts.clock.now(),
      who,
      from,
      what: this.#what,
      object: typeof object === 'string' ? object : null,
    };
  }
}

const afterOf = (after: AuditValue | undefined) => (after === undefined ? {} : { after });
