import { shallowReactive } from 'vue';
import type { Point } from '../api/answers.ts';
import { useConsole } from './console.ts';

/** What the register calls an area or a point; its code until that is known, and where it knows none. */
export function usePlaceNames(): (kind: 'area' | 'point', code: string) => string {
  const { api, areas } = useConsole();
  const known = shallowReactive(new Map<string, string>());
  async function ask(kind: 'area' | 'point', code: string): Promise<void> {
    if (kind === 'area') {
      const all = await areas.all();
      const name = all.ok ? all.value.find((a) => a.code === code)?.name : undefined;
      if (name) known.set(`area ${code}`, name);
      return;
    }
    const point = await api.get<Point>(`/points/${encodeURIComponent(code)}`);
    if (point.ok && point.value.name !== '') known.set(`point ${code}`, point.value.name);
  }
  const asked = new Set<string>();
  return (kind, code) => {
    const key = `${kind} ${code}`;
    if (code !== '' && !asked.has(key)) {
      asked.add(key);
      void ask(kind, code);
    }
    return known.get(key) ?? code;
  };
}
