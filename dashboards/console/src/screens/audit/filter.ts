/** What the audit journal is asked for, as it stands in the form and in the address. */
export const FIELDS = ['who', 'what', 'object', 'outcome', 'from', 'to'] as const;
export type Filter = Record<(typeof FIELDS)[number], string>;

/** Beginnings of what is done: `session` finds `session.login`. */
export const GROUPS = [
  'session',
  'accounts',
  'audit',
  'alarms',
  'rules',
  'register',
  'devices',
  'readings',
  'notices',
  'orders',
  'warnings',
  'incidents',
  'citizens',
  'reports',
  'handovers',
  'risks',
  'drills',
  'upstream',
  'exports',
  'resources',
  'desk',
  'doors',
  'map',
  'service',
  'mqtt',
  'http',
] as const;

export function filterOf(query: Readonly<Record<string, unknown>>): Filter {
  const text = (v: unknown): string => (typeof v === 'string' ? v : '');
  return Object.fromEntries(FIELDS.map((f) => [f, text(query[f])])) as Filter;
}

/** The form's times are Beijing times, whatever the browser believes; a day alone begins at midnight. What is no time goes as it is: the server says what would be right. */
const instantOf = (local: string): string => {
  const m = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d(?::\d\d)?))?$/.exec(local);
  const t = m === null ? Number.NaN : Date.parse(`${m[1]}T${m[2] ?? '00:00'}+08:00`);
  return Number.isNaN(t) ? local : new Date(t).toISOString();
};

/** For the server: only what was filled in. */
export function queryOf(f: Filter): string {
  const pairs = FIELDS.flatMap((name) => {
    const text = f[name].trim();
    if (text === '') return [];
    const value = name === 'from' || name === 'to' ? instantOf(text) : text;
    return [`${name}=${encodeURIComponent(value)}`];
  });
  return pairs.join('&');
}
