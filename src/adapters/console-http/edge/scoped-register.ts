import type { Area, Asset, Device, Point, WorkWindow } from '../../../domain/register/register.ts';
import type { RegisterView } from '../../../flow/ports/service.ts';

type Sees = (area: string) => boolean;

/**
 * The register as somebody bound to areas has it: what lies elsewhere is not there. A device is where its point
 * is; one that is installed nowhere belongs to those who see the whole city.
 */
export function registerSeen(
  register: RegisterView,
  sees: Sees,
  areas: readonly string[] | null,
): RegisterView {
  if (areas === null) return register;
  const device = (d: Device): boolean => {
    const point = d.point === null ? undefined : register.point(d.point);
    return point !== undefined && sees(point.area);
  };
  const only = <T>(x: T | undefined, seen: (x: T) => boolean): T | undefined =>
    x !== undefined && seen(x) ? x : undefined;
  const ofArea = (a: Area) => sees(a.code);
  const placed = (x: Asset | Point) => sees(x.area);
  const work = (w: WorkWindow): boolean => {
    const point = register.point(w.point);
    return point !== undefined && sees(point.area);
  };
  return {
    areas: () => register.areas().filter(ofArea),
    assets: () => register.assets().filter(placed),
    points: () => register.points().filter(placed),
    devices: () => register.devices().filter(device),
    area: (code) => only(register.area(code), ofArea),
    asset: (code) => only(register.asset(code), placed),
    point: (code) => only(register.point(code), placed),
    device: (code) => only(register.device(code), device),
    works: () => register.works().filter(work),
    worksAt: (code) => register.worksAt(code).filter(work),
  };
}
