import { onBeforeUnmount, ref, shallowRef } from 'vue';
import type { AlarmJson } from '../../../../../src/wire/alarm.ts';
import type { Device, Latest } from '../../api/answers.ts';
import { useConsole } from '../../console/console.ts';
import { BEIJING_OFFSET } from '../../state/beijing.ts';

const READ_EVERY = 60_000;
const DAY = 86_400_000;
/** More are not counted. */
export const MOST = 5_000;
const RAIN = 'rain1h';
/** Rain of an hour ago is no news. */
const RAIN_FRESH = 3_600_000;

/** What the live link does not tell: asked for once a minute. */
export function useFigures() {
  const { api, clock } = useConsole();
  /** `null` until it has been read: then nothing is said to be missing. */
  const withDevices = shallowRef<ReadonlySet<string> | null>(null);
  /** The most that fell in an hour anywhere; `null`: no gauge says. */
  const rain = ref<number | null>(null);
  const over = ref<number | null>(null);
  const online = ref<string | null>(null);

  async function read(): Promise<void> {
    const midnight = Math.floor((clock.read() + BEIJING_OFFSET) / DAY) * DAY - BEIJING_OFFSET;
    const [closed, devices, water] = await Promise.all([
      api.all<AlarmJson>(`/alarms?state=closed&from=${new Date(midnight).toISOString()}&limit=1000`, MOST),
      api.all<Device>('/devices?limit=1000', 100_000),
      api.all<Latest>('/latest?lifeline=waterlogging&limit=1000', 100_000),
    ]);
    if (closed.ok) over.value = closed.value.length;
    if (water.ok) {
      const fallen = water.value.flatMap((r) =>
        r.metric === RAIN && r.value !== null && r.quality === 'good' && r.ageMs < RAIN_FRESH
          ? [r.value]
          : [],
      );
      rain.value = fallen.length === 0 ? null : Math.max(...fallen);
    }
    if (devices.ok) {
      withDevices.value = new Set(devices.value.map((d) => d.lifeline));
      const known = devices.value.filter((d) => d.online !== null);
      const up = known.filter((d) => d.online).length;
      online.value = known.length === 0 ? null : `${((up / known.length) * 100).toFixed(1)}%`;
    }
  }
  void read();
  const timer = setInterval(() => void read(), READ_EVERY);
  onBeforeUnmount(() => clearInterval(timer));
  return { withDevices, rain, over, online };
}
