import type { OrderVerb } from './verbs.ts';

export const REFUSAL_KINDS = ['not-ours', 'no-capacity', 'wrong-place', 'duplicate', 'other'] as const;
export const PAUSE_KINDS = ['permit', 'weather', 'water-window', 'parts', 'other-unit', 'other'] as const;
export const METHODS = ['on-site', 'remote', 'readings'] as const;

export type Part =
  | 'unit'
  | 'contact'
  | 'refusalKind'
  | 'pauseKind'
  | 'until'
  | 'granted'
  | 'pass'
  | 'method'
  | 'readings'
  | 'permit'
  | 'place'
  | 'text'
  | 'result'
  | 'cause'
  | 'remote'
  | 'reason'
  | 'alarms'
  | 'photos';

/** What the form of each step asks for. */
export const PARTS: Readonly<Record<OrderVerb, readonly Part[]>> = {
  dispatch: ['unit', 'contact'],
  accept: [],
  refuse: ['refusalKind', 'reason'],
  forward: ['unit', 'reason'],
  arrive: ['place', 'photos'],
  'check-safety': ['readings', 'permit'],
  feedback: ['text', 'photos'],
  done: ['result', 'cause', 'remote', 'photos'],
  pause: ['pauseKind', 'until', 'reason'],
  resume: [],
  extend: ['until', 'reason'],
  'answer-extension': ['granted', 'reason'],
  verify: ['pass', 'method', 'reason'],
  archive: [],
  urge: ['text'],
  link: ['alarms'],
  rebase: [],
  void: ['reason'],
};

/** A form as it is typed. */
export type ActForm = {
  unit: string;
  contact: string;
  refusalKind: (typeof REFUSAL_KINDS)[number];
  pauseKind: (typeof PAUSE_KINDS)[number];
  /** `2026-11-30T08:00` by Beijing's clock. */
  until: string;
  granted: boolean;
  pass: boolean;
  method: (typeof METHODS)[number];
  readings: { what: string; value: string; unit: string }[];
  permit: string;
  lon: string;
  lat: string;
  accuracyM: number | null;
  /** Where that is, in words. */
  placeText: string;
  text: string;
  cause: string;
  remote: boolean;
  reason: string;
  alarms: string[];
  photos: string[];
};

export const emptyForm = (): ActForm => ({
  unit: '',
  contact: '',
  refusalKind: 'not-ours',
  pauseKind: 'permit',
  until: '',
  granted: true,
  pass: true,
  method: 'on-site',
  // What a chamber is checked for before anybody goes in.
  readings: [
    { what: 'O₂', value: '', unit: '%VOL' },
    { what: 'CH₄', value: '', unit: '%LEL' },
    { what: 'H₂S', value: '', unit: 'ppm' },
    { what: 'CO', value: '', unit: 'ppm' },
  ],
  permit: '',
  lon: '',
  lat: '',
  accuracyM: null,
  placeText: '',
  text: '',
  cause: '',
  remote: false,
  reason: '',
  alarms: [],
  photos: [],
});

/** What is missing before it can be sent; `null`: nothing. */
export function lacks(verb: OrderVerb, f: ActForm): 'unit' | 'until' | 'text' | null {
  const parts = PARTS[verb];
  const has = (part: Part): boolean => parts.includes(part);
  if (has('unit') && f.unit.trim() === '') return 'unit';
  if (has('until') && f.until === '') return 'until';
  if ((has('text') || has('result')) && f.text.trim() === '') return 'text';
  const optional = verb === 'verify' && f.pass;
  if (has('reason') && !optional && f.reason.trim() === '') return 'text';
  if (has('readings') && readingsOf(f).length === 0) return 'text';
  return has('alarms') && f.alarms.length === 0 ? 'text' : null;
}

/** @returns the body of `POST /orders/{id}/{verb}`, without `commandId` and `seenRevision` */
export function bodyOf(
  verb: OrderVerb,
  f: ActForm,
  order: { readonly state: string },
): Record<string, unknown> {
  const reason = f.reason.trim();
  const photos = f.photos.length === 0 ? {} : { attachments: [...f.photos] };
  switch (verb) {
    case 'dispatch':
      return { unit: f.unit.trim(), ...(f.contact === '' ? {} : { contact: f.contact }) };
    case 'refuse':
      return { reasonKind: f.refusalKind, reason };
    case 'forward':
      return { unit: f.unit.trim(), reason };
    case 'arrive':
      return { ...(order.state === 'dispatched' ? { accept: true } : {}), ...placeOf(f), ...photos };
    case 'check-safety':
      return { readings: readingsOf(f), ...(f.permit.trim() === '' ? {} : { permit: f.permit.trim() }) };
    case 'feedback':
      return { text: f.text.trim(), ...photos };
    case 'done': {
      const cause = f.cause.trim();
      return {
        result: f.text.trim(),
        ...(cause === '' ? {} : { cause }),
        ...(f.remote ? { remote: true } : {}),
        ...photos,
      };
    }
    case 'pause':
      return { kind: f.pauseKind, until: instantOf(f.until), reason };
    case 'extend':
      return { until: instantOf(f.until), reason };
    case 'answer-extension':
      return { granted: f.granted, reason };
    case 'verify':
      return { pass: f.pass, method: f.method, ...(reason === '' ? {} : { reason }) };
    case 'void':
      return { reason };
    case 'urge':
      return { note: f.text.trim() };
    case 'link':
      return { alarms: [...f.alarms] };
    case 'accept':
    case 'resume':
    case 'archive':
    case 'rebase':
      return {};
  }
}

/** By Beijing's clock, as it is typed. */
export const instantOf = (typed: string): string => new Date(`${typed}:00+08:00`).toISOString();

const number = (text: string): number => Number(text.trim().replace(',', '.'));

/** A line without a number was not measured. */
const readingsOf = (f: ActForm): { what: string; value: number; unit: string }[] =>
  f.readings.flatMap(({ what, value, unit }) =>
    value.trim() === '' || what.trim() === '' || !Number.isFinite(number(value))
      ? []
      : [{ what: what.trim(), value: number(value), unit: unit.trim() }],
  );

function placeOf({ lon, lat, accuracyM, placeText }: ActForm): Record<string, number | string> {
  const said = placeText.trim() === '' ? {} : { placeText: placeText.trim() };
  if (lon.trim() === '' || lat.trim() === '') return said;
  return { ...said, lon: number(lon), lat: number(lat), ...(accuracyM === null ? {} : { accuracyM }) };
}
