import type { Filed } from '../../domain/response/filed.ts';
import type { EmergencyPlan, Resource } from '../../domain/response/resource.ts';

/** Plans and resources in memory, folded from what is filed. */
export class ResourceBook {
  readonly #plans = new Map<string, EmergencyPlan>();
  readonly #resources = new Map<string, Resource>();

  take(f: Filed): void {
    if (f.is === 'plan') this.#plans.set(f.plan.code, f.plan);
    if (f.is === 'resource') this.#resources.set(f.resource.code, f.resource);
  }

  /** In order of code. */
  plans = (): readonly EmergencyPlan[] => [...this.#plans.values()].sort(byCode);
  plan = (code: string): EmergencyPlan | undefined => this.#plans.get(code);
  /** In order of code. */
  resources = (): readonly Resource[] => [...this.#resources.values()].sort(byCode);
  resource = (code: string): Resource | undefined => this.#resources.get(code);
}

const byCode = (a: { readonly code: string }, b: { readonly code: string }): number =>
  a.code < b.code ? -1 : 1;
