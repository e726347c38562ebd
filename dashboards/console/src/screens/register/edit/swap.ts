import type { Device, Point } from '../../../api/answers.ts';
import type { Answer, Api } from '../../../api/http.ts';
import type { Problem } from '../../../api/problem.ts';
import { dateOf } from '../../../state/beijing.ts';

export type Swapped =
  | { readonly is: 'done' }
  | { readonly is: 'refused'; readonly problem: Problem }
  /** The new device is installed at another point, and would be torn away from it. */
  | { readonly is: 'elsewhere'; readonly point: string }
  /** The new one is in, the old one could not be taken out. */
  | { readonly is: 'half'; readonly problem: Problem };

/** As long as one attribute may be. */
const ATTRIBUTE = 200;

/**
 * Puts `fresh` in the place of `old` (`null`: beside what is there). The new one goes in before the old one goes
 * out, so that no packet meets a point without a device; who was there before stays written on the point.
 */
export async function swap(
  api: Pick<Api, 'send' | 'all'>,
  s: {
    readonly point: Point;
    readonly fresh: string;
    readonly old: string | null;
    readonly vendor: string | null;
    readonly serial: string | null;
    readonly now: number;
    readonly formerKey: string;
  },
): Promise<Swapped> {
  const known = await api.all<Device>('/devices?limit=1000', 1_000_000);
  if (!known.ok) return { is: 'refused', problem: known.problem };
  const there = known.value.find((d) => d.code === s.fresh);
  if (there !== undefined && there.point !== null && there.point !== s.point.code)
    return { is: 'elsewhere', point: there.point };
  const facts = {
    point: s.point.code,
    installedAt: new Date(s.now).toISOString(),
    ...(s.vendor === null ? {} : { vendor: s.vendor }),
    ...(s.serial === null ? {} : { serial: s.serial }),
  };
  const put: Answer<unknown> =
    there === undefined
      ? await api.send('POST', '/devices', { code: s.fresh, lifeline: s.point.lifeline, ...facts })
      : await api.send('PATCH', `/devices/${encodeURIComponent(s.fresh)}`, facts);
  if (!put.ok) return { is: 'refused', problem: put.problem };
  if (s.old === null) return { is: 'done' };
  const taken = await api.send('PATCH', `/devices/${encodeURIComponent(s.old)}`, { point: null });
  if (!taken.ok) return { is: 'half', problem: taken.problem };
  // What cannot be noted is no reason to undo what is done: the audit journal has it too.
  await api.send('PATCH', `/points/${encodeURIComponent(s.point.code)}`, {
    attributes: { [s.formerKey]: former(s.point.attributes[s.formerKey], s.old, s.now) },
  });
  return { is: 'done' };
}

/** Newest first; the oldest are let go when there is no more room. */
export function former(before: string | undefined, device: string, now: number): string {
  const all = [`${device}（至 ${dateOf(now)}）`, ...(before === undefined ? [] : before.split('；'))];
  while (all.length > 1 && all.join('；').length > ATTRIBUTE) all.pop();
  return all.join('；');
}
