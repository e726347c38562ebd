import type { NoticePolicy, PolicyDraft } from '../../api/answers.ts';
import { type Language, ofBilingual, type Say } from '../../i18n/translate.ts';
import type { Changed } from '../../parts/edit.ts';
import type { Catalog } from '../../state/catalog.ts';
import type { words } from './words.ts';

/** What a policy says, of a version or of a draft. */
export type PolicyContent = NonNullable<PolicyDraft['content']>;
export type Rung = NoticePolicy['rungs'][number];
export type Recipient = Rung['to'][number];

/** By what names a policy is told in words. */
export type Telling = {
  readonly say: Say<keyof typeof words>;
  readonly language: Language;
  readonly catalog: Catalog;
  /** Of units, contacts and channels. */
  readonly nameOf: (code: string) => string;
};

const listIn = (language: Language, of: readonly string[]): string =>
  of.join(language === 'en' ? ', ' : '、');

export function holdsFor({ match }: Pick<PolicyContent, 'match'>, t: Telling): string {
  const { say, language, catalog } = t;
  const list = (of: readonly string[]): string => listIn(language, of);
  const lines = match.lifelines.map((key) => {
    const name = catalog.lifelineName(key);
    return name === null ? key : ofBilingual(name, language);
  });
  return [
    list(match.subjects.map((s) => say(`subject.${s}` as keyof typeof words))),
    match.levels.length === 0 ? say('anyLevel') : list(match.levels.map((l) => say(`level.${l}`))),
    lines.length === 0 ? say('page.anyLifeline') : list(lines),
    match.areas.length === 0 ? say('page.anyArea') : list(match.areas),
  ].join(' · ');
}

function whenOf({ afterS }: Rung, { say }: Telling): string {
  if (afterS === 0) return say('atOnce');
  return afterS >= 60 && afterS % 6 === 0 ? say('after', { n: afterS / 60 }) : say('afterS', { n: afterS });
}

export function whoOf(to: Recipient, { say, nameOf }: Pick<Telling, 'say' | 'nameOf'>): string {
  if ('contact' in to) return nameOf(to.contact);
  if ('channel' in to) return nameOf(to.channel);
  const { unit } = to;
  const isFound = unit === 'owner' || unit === 'district' || unit === 'centre';
  return `${isFound ? say(`to.${unit}`) : nameOf(unit)} ${say(`post.${to.post}`)}`;
}

export const toldBy = (r: Rung, t: Telling): string => {
  const by =
    r.channels.length === 0
      ? t.say('anyChannel')
      : t.say('by1', { list: listIn(t.language, r.channels.map(t.nameOf)) });
  return `${by} · ${t.say(`stops.${r.stopsOn}`)}`;
};

export const calls = (r: Rung, t: Telling): string =>
  `${whenOf(r, t)} · ${listIn(
    t.language,
    r.to.map((to) => whoOf(to, t)),
  )}`;

const repeatOf = ({ repeat }: PolicyContent, { say }: Telling): string =>
  repeat === null ? say('noRepeat') : say('again', { s: repeat.everyS, n: repeat.atMost });

const quietOf = ({ quiet }: PolicyContent, { say }: Telling): string =>
  quiet === null ? say('noQuiet') : say('quietHours', quiet);

/** Old → new, thing by thing; empty: nothing would change. */
export function changesOf(
  was: PolicyContent | null,
  is: PolicyContent | null,
  t: Telling,
): readonly Changed[] {
  const { say } = t;
  const told = (p: PolicyContent | null): ReadonlyMap<string, string> =>
    new Map(
      p === null
        ? []
        : [
            [say('field.name'), ofBilingual(p.name, t.language)],
            [say('field.state'), say(p.enabled ? 'on' : 'field.off')],
            [say('holdsFor'), holdsFor(p, t)],
            ...p.rungs.map(
              (r, i) => [say('rung', { n: i + 1 }), `${calls(r, t)} · ${toldBy(r, t)}`] as const,
            ),
            [say('repeat'), repeatOf(p, t)],
            [say('quiet'), quietOf(p, t)],
          ],
    );
  const [before, after] = [told(was), told(is)];
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((label) => {
    const change = { label, was: before.get(label) ?? null, is: after.get(label) ?? null };
    return change.was === change.is ? [] : [change];
  });
}
