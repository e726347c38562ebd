import type { NoticePolicy } from '../../api/answers.ts';
import type { PolicyContent, Recipient } from './describe.ts';

/** A rung as it is typed: recipients by key, so that a list of choices can hold them. */
export type RungForm = {
  after: string;
  to: string[];
  channels: string[];
  stopsOn: NoticePolicy['rungs'][number]['stopsOn'];
};
export type PolicyForm = {
  zh: string;
  en: string;
  enabled: boolean;
  subjects: string[];
  levels: string[];
  lifelines: string[];
  areas: string;
  rungs: RungForm[];
  repeats: boolean;
  everyMin: string;
  atMost: string;
  /** `22:00`, by Beijing's clock; both empty: none. */
  quietFrom: string;
  quietTo: string;
};

export const keyOf = (to: Recipient): string => {
  if ('contact' in to) return `contact/${to.contact}`;
  return 'channel' in to ? `channel/${to.channel}` : `unit/${to.unit}/${to.post}`;
};

export function recipientOf(key: string): Recipient {
  const [what = '', code = '', post] = key.split('/');
  if (what === 'contact') return { contact: code };
  if (what === 'channel') return { channel: code };
  return { unit: code, post: post as 'duty' | 'leader' | 'member' };
}

export const newRung = (afterMin: number): RungForm => ({
  after: String(afterMin),
  to: [],
  channels: [],
  stopsOn: 'acknowledge',
});

/** @param of `null`: a new one, with a first rung to the centre's duty at once */
export function formOf(of: PolicyContent | null): PolicyForm {
  if (of === null)
    return {
      zh: '',
      en: '',
      enabled: true,
      subjects: ['alarm'],
      levels: [],
      lifelines: [],
      areas: '',
      rungs: [{ ...newRung(0), to: ['unit/centre/duty'] }],
      repeats: false,
      everyMin: '10',
      atMost: '6',
      quietFrom: '',
      quietTo: '',
    };
  return {
    zh: of.name.zh,
    en: of.name.en,
    enabled: of.enabled,
    subjects: [...of.match.subjects],
    levels: of.match.levels.map(String),
    lifelines: [...of.match.lifelines],
    areas: of.match.areas.join(', '),
    rungs: of.rungs.map((r) => ({
      after: String(r.afterS / 60),
      to: r.to.map(keyOf),
      channels: [...r.channels],
      stopsOn: r.stopsOn,
    })),
    repeats: of.repeat !== null,
    everyMin: String((of.repeat?.everyS ?? 600) / 60),
    atMost: String(of.repeat?.atMost ?? 6),
    quietFrom: of.quiet?.from ?? '',
    quietTo: of.quiet?.to ?? '',
  };
}

/** What was typed, as a policy says it; what is no number goes as it is, so that the server says what would be right. */
export function contentOf(f: PolicyForm): PolicyContent {
  const seconds = (minutes: string): number => Math.round(Number(minutes) * 60);
  return {
    name: { zh: f.zh.trim(), en: f.en.trim() || f.zh.trim() },
    enabled: f.enabled,
    match: {
      subjects: f.subjects,
      levels: f.levels.map(Number).sort() as PolicyContent['match']['levels'],
      lifelines: f.lifelines,
      areas: f.areas.split(/[\s,，、]+/).filter((a) => a !== ''),
    },
    rungs: f.rungs.map((r) => ({
      afterS: seconds(r.after),
      to: r.to.map(recipientOf),
      channels: r.channels,
      stopsOn: r.stopsOn,
    })),
    repeat: f.repeats ? { everyS: seconds(f.everyMin), atMost: Number(f.atMost) } : null,
    quiet: f.quietFrom === '' && f.quietTo === '' ? null : { from: f.quietFrom, to: f.quietTo },
  };
}
