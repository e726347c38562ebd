import type { PointCode } from '../../../../domain/ids.ts';
import type { DeviceFault } from '../../../../domain/quality/device.ts';
import { type Harm, harmOf } from '../../../../domain/quality/harm.ts';
import type { Point } from '../../../../domain/register/register.ts';
import type { RegisterView, Service } from '../../../../flow/ports/service.ts';

/** What the register has for people within reach of an asset (as the risk of assets reads it). */
const PEOPLE = ['people', '影响人数'] as const;

type Place = {
  readonly point: string;
  readonly asset: string | null;
  readonly area: string;
  readonly lifeline: string;
};

/** What each fault leaves unseen, by the register and the rules as they are now: made for one answer. */
export class Harms {
  readonly #service: Pick<Service, 'rulesAt' | 'quality'>;
  readonly #register: RegisterView;
  /** Points with no open fault, by asset and lifeline. */
  readonly #sound = new Map<string, number>();

  constructor(service: Pick<Service, 'rulesAt' | 'quality'>, register: RegisterView) {
    this.#service = service;
    this.#register = register;
    const doubtful = new Set<PointCode>(
      service.quality.faults().flatMap((f) => (f.clearedAt === null ? [f.point] : [])),
    );
    for (const p of register.points()) {
      const key = keyOf(p);
      if (key === null || doubtful.has(p.code) || p.outOfService !== null) continue;
      this.#sound.set(key, (this.#sound.get(key) ?? 0) + 1);
    }
  }

  of(fault: DeviceFault): { readonly fault: DeviceFault; readonly harm: Harm; readonly place: Place } {
    const point = this.#register.point(fault.point);
    const asset = point?.asset == null ? undefined : this.#register.asset(point.asset);
    const key = point === undefined ? null : keyOf(point);
    const people = PEOPLE.map((name) => Number(asset?.attributes?.[name] ?? Number.NaN)).find(
      Number.isFinite,
    );
    const harm = harmOf(fault, {
      rules: point === undefined ? [] : this.#service.rulesAt(point.code),
      others: key === null ? 0 : (this.#sound.get(key) ?? 0),
      people: people ?? null,
    });
    return {
      fault,
      harm,
      place: {
        point: point?.name ?? fault.point,
        asset: asset?.name ?? null,
        area: point?.area ?? '',
        lifeline: point?.lifeline ?? '',
      },
    };
  }
}

const keyOf = (p: Point): string | null => (p.asset === null ? null : `${p.asset} ${p.lifeline}`);
