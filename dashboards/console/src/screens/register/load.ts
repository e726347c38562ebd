import { type Ref, ref, shallowRef } from 'vue';
import type { Area, Asset, Device, DeviceFault, DeviceModel, Latest, Point } from '../../api/answers.ts';
import { sayProblem } from '../../api/problem.ts';
import { useConsole } from '../../console/console.ts';

/** More than a city has; the screen says nothing of what lies beyond. */
const MOST = 100_000;

export type Register = {
  readonly points: readonly Point[];
  readonly devices: readonly Device[];
  readonly models: readonly DeviceModel[];
  readonly assets: readonly Asset[];
  readonly areas: readonly Area[];
  readonly latest: readonly Latest[];
  readonly found: readonly DeviceFault[];
  readonly at: number;
};

/** The whole register with the latest readings; read again on demand. What was read stays while it is read again. */
export function useRegister(): {
  register: Ref<Register | null>;
  failed: Ref<string | null>;
  busy: Ref<boolean>;
  read(): Promise<void>;
} {
  const { api, say, clock } = useConsole();
  const register = shallowRef<Register | null>(null);
  const failed = ref<string | null>(null);
  const busy = ref(false);

  async function read(): Promise<void> {
    if (busy.value) return;
    busy.value = true;
    const [points, devices, models, assets, areas, latest, found] = await Promise.all([
      api.all<Point>('/points?limit=1000', MOST),
      api.all<Device>('/devices?limit=1000', MOST),
      api.all<DeviceModel>('/device-models?limit=1000', MOST),
      api.all<Asset>('/assets?limit=1000', MOST),
      api.all<Area>('/areas?limit=1000', MOST),
      api.all<Latest>('/latest?limit=1000', MOST),
      api.all<DeviceFault>('/device-faults?limit=1000', MOST),
    ]);
    busy.value = false;
    if (points.ok && devices.ok && models.ok && assets.ok && areas.ok && latest.ok && found.ok) {
      failed.value = null;
      register.value = {
        points: points.value,
        devices: devices.value,
        models: models.value,
        assets: assets.value,
        areas: areas.value,
        latest: latest.value,
        found: found.value,
        at: clock.read(),
      };
      return;
    }
    const first = [points, devices, models, assets, areas, latest, found].find((a) => !a.ok);
    if (first !== undefined && !first.ok) failed.value = sayProblem(first.problem, say);
  }
  return { register, failed, busy, read };
}
