import { type DeviceFault, faultKey, poorShare } from '../../../domain/quality/device.ts';
import type { Device } from '../../../domain/register/register.ts';
import type { RegisterView } from '../../../flow/ports/service.ts';
import { deviceQualityJson, doubtfulSensorJson } from '../../../wire/http/quality.ts';
import type { Handlers } from '../answer/handler.ts';
import type { Services } from '../answer/services.ts';
import { deviceOf } from './find.ts';
import { numberCursor, pageOf } from './paging.ts';
import { Harms } from './register/harms.ts';

type Names = 'deviceQuality' | 'quality' | 'deviceFaults';
type Places = { readonly lifeline?: string | undefined; readonly area?: string | undefined };

export function qualityRoutes({ service, doorHeard }: Services): Pick<Handlers, Names> {
  const { quality } = service;

  const lies = (d: Device, register: RegisterView, q: Places): boolean =>
    (q.lifeline === undefined || d.lifeline === q.lifeline) &&
    (q.area === undefined || (d.point !== null && (register.point(d.point)?.area ?? '').startsWith(q.area)));

  const json = (d: Device) =>
    deviceQualityJson(d, quality.of(d.code), quality.openFaults(d.code), doorHeard(d.code));

  return {
    deviceQuality: ({ params, register }) => json(deviceOf(params.code, register, service.register)),

    quality: ({ query, register }) => {
      // Ranked anew for each page: the cursor is a place in the order, not a device.
      const from = numberCursor(query.after) ?? 0;
      const ranked = register
        .devices()
        .filter((d) => lies(d, register, query))
        .map((d) => {
          const q = quality.of(d.code);
          return { d, faults: quality.openFaults(d.code).length, poor: q === undefined ? 0 : poorShare(q) };
        })
        .sort((a, b) => b.faults - a.faults || b.poor - a.poor || (a.d.code < b.d.code ? -1 : 1));
      const items = ranked.slice(from, from + query.limit).map(({ d }) => json(d));
      const end = from + items.length;
      return { items, next: end < ranked.length ? String(end) : null };
    },

    deviceFaults: ({ query, register }) => {
      const open = quality
        .faults()
        .filter((f) => (query.state === 'all' || f.clearedAt === null) && (query.kind ?? f.kind) === f.kind);
      const harms = new Harms(service, register);
      const shown = (f: DeviceFault): boolean => {
        const device = register.device(f.device);
        return device !== undefined && lies(device, register, query);
      };
      const key = (f: DeviceFault): string => `${f.device}~${faultKey(f).replaceAll(' ', '~')}`;
      if (query.order === 'harm') {
        const from = numberCursor(query.after) ?? 0;
        const ranked = open
          .filter(shown)
          .map((f) => harms.of(f))
          .sort((a, b) => b.harm.score - a.harm.score || (key(a.fault) < key(b.fault) ? -1 : 1));
        const end = Math.min(from + query.limit, ranked.length);
        return {
          items: ranked.slice(from, end).map((r) => doubtfulSensorJson(r.fault, r.harm, r.place)),
          next: end < ranked.length ? String(end) : null,
        };
      }
      const inOrder = open.map((f) => ({ f, key: key(f) })).sort((a, b) => (a.key < b.key ? -1 : 1));
      const { items, next } = pageOf(
        inOrder,
        (k) => k.key,
        query,
        ({ f }) => shown(f),
      );
      return {
        items: items.map(({ f }) => {
          const { harm, place } = harms.of(f);
          return doubtfulSensorJson(f, harm, place);
        }),
        next,
      };
    },
  };
}
