import { type Sight, sightOf } from '../../../domain/register/look.ts';
import type { RegisterView } from '../../../flow/ports/service.ts';

/** The register as somebody bound to areas has it: what lies elsewhere is not there. */
export function registerSeen(
  register: RegisterView,
  sees: (area: string) => boolean,
  areas: readonly string[] | null,
): RegisterView {
  if (areas === null) return register;
  const { area, placed, device, work }: Sight = sightOf(register, sees);
  const only = <T>(x: T | undefined, seen: (x: T) => boolean): T | undefined =>
    x !== undefined && seen(x) ? x : undefined;
  return {
    areas: () => register.areas().filter(area),
    assets: () => register.assets().filter(placed),
    points: () => register.points().filter(placed),
    models: () => register.models(),
    devices: () => register.devices().filter(device),
    area: (code) => only(register.area(code), area),
    asset: (code) => only(register.asset(code), placed),
    point: (code) => only(register.point(code), placed),
    model: (code) => register.model(code),
    device: (code) => only(register.device(code), device),
    works: () => register.works().filter(work),
    worksAt: (code) => register.worksAt(code).filter(work),
  };
}
