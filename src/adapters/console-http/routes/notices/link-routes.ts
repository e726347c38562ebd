import type { Alarm } from '../../../../domain/alarm/alarm.ts';
import { as } from '../../../../domain/ids.ts';
import { accountByLink } from '../../../../domain/notice/link.ts';
import { REFUSALS, type RefusalCode } from '../../../../domain/refusals.ts';
import type { FollowedLink } from '../../../../flow/ports/notices.ts';
import type { Language } from '../../../../wire/http/head/language.ts';
import type { Handlers } from '../../answer/handler.ts';
import { HttpProblem, retryAfter } from '../../answer/problem.ts';
import type { Services } from '../../answer/services.ts';
import { Rates } from '../../edge/rates.ts';
import { CASE_PAGE_POLICY, casePage, nowherePage } from '../../pages/case-page.ts';

/** Five a second of which a stranger has a fifth: a person opens a link and presses a button; nobody else is here. */
const RATE = 5;

type Ask = {
  readonly params: { readonly token: string };
  readonly from: string;
  readonly language: Language;
  header(name: string, value: string): void;
  status(code: number): void;
  became(after: { readonly [key: string]: string | null }): void;
};
type Case = FollowedLink & { readonly alarm: Alarm };

export function linkRoutes({
  notices,
  service,
  clock,
}: Services): Pick<Handlers, 'followLink' | 'actByLink'> {
  const rates = new Rates(clock, RATE);

  async function caseOf({ params, from, header }: Ask): Promise<Case | null> {
    const wait = rates.take(from, false);
    if (wait !== null) throw new HttpProblem('too-many-requests', { headers: retryAfter(wait) });
    header('content-security-policy', CASE_PAGE_POLICY);
    header('cache-control', 'no-store');
    header('x-robots-tag', 'noindex');
    const followed = notices.follow(params.token);
    const alarm = followed && (await service.alarm(followed.link.alarm));
    return followed && alarm && { ...followed, alarm };
  }

  function nowhere({ language, status, became }: Ask): string {
    status(404);
    became({ contact: null, alarm: null });
    return nowherePage(language);
  }

  const page = (c: Case, language: Language, said: string | null) =>
    casePage({
      alarm: c.alarm,
      name: c.contact.name,
      mayAct: c.mayAct && c.link.usedAt === undefined,
      said,
      language,
    });

  return {
    followLink: async (ask) => {
      const c = await caseOf(ask);
      if (c === null) return nowhere(ask);
      ask.became({ contact: c.contact.id, alarm: c.alarm.id });
      return page(c, ask.language, null);
    },
    actByLink: async (ask) => {
      const c = await caseOf(ask);
      if (c === null || !c.mayAct) return nowhere(ask);
      const { link, contact } = c;
      const trace = { contact: contact.id, alarm: link.alarm };
      const say = (code: RefusalCode) => REFUSALS[code][ask.language];
      if (link.usedAt !== undefined) {
        ask.became({ ...trace, refused: 'already-acknowledged' });
        return page(c, ask.language, say('already-acknowledged'));
      }
      const done = await service.act(link.alarm, {
        do: 'acknowledge',
        by: { kind: 'operator', account: accountByLink(contact), name: contact.name },
        seenRevision: ask.body.revision,
        note: null,
        // The same again, where the phone did not hear our answer, is the same act.
        commandId: as.command(`link-${link.hash.slice(0, 32)}-${ask.body.revision}`),
      });
      if (done.ok) await notices.spend(link);
      ask.became({ ...trace, refused: done.ok ? null : done.error.code });
      const alarm = await service.alarm(link.alarm);
      const after = { ...c, alarm: alarm ?? c.alarm, mayAct: !done.ok };
      return page(after, ask.language, done.ok ? null : say(done.error.code));
    },
  };
}
