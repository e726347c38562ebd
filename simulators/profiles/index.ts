import type { City } from '../city.ts';
import { bozhou } from './bozhou.ts';
import { demo } from './demo.ts';
import { hefei } from './hefei.ts';

export const PROFILES = {
  demo: { title: '60 points of 临澜市, which does not exist', city: demo },
  bozhou: { title: '3,261 devices, as 亳州 had them in its first phase', city: bozhou },
  hefei: { title: '85,000 devices, as many as 合肥 has', city: hefei },
} as const satisfies Readonly<Record<string, { title: string; city: () => City }>>;
