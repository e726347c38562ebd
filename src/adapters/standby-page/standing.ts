import { LEASE, type StandbyState } from '../../flow/ports/pair/pair.ts';
import { iso } from '../../wire/alarm.ts';
import type { Language } from '../../wire/http/head/language.ts';
import type { Standing } from '../../wire/http/health.ts';

export function standingOf(name: string, state: StandbyState, language: Language): Standing {
  const { since, seen, away, unfit, isTakingOver } = state;
  const { holder = null, switched = null } = seen ?? {};
  return {
    status: 'not-ready',
    role: 'standby',
    name,
    since: iso(since),
    epoch: seen?.epoch ?? null,
    active:
      holder === null || seen === null
        ? null
        : { name: holder.name, heardMsAgo: Math.max(0, Math.round(LEASE.lasts - seen.left)) },
    database: away === null ? 'ok' : 'away',
    takingOver: isTakingOver,
    lastSwitch: switched === null ? null : { ...switched, at: iso(switched.at) },
    troubles: [
      ...(away === null ? [] : [AWAY[language](away)]),
      ...(unfit === null ? [] : [UNFIT[language](unfit)]),
    ],
  };
}

const AWAY: Readonly<Record<Language, (why: string) => string>> = {
  zh: (why) => `数据库无法访问，本机不能接管：${why}`,
  en: (why) => `The database cannot be reached, and this machine cannot take over: ${why}`,
};

const UNFIT: Readonly<Record<Language, (why: string) => string>> = {
  zh: (why) => `本机不能接管，请处理：${why}`,
  en: (why) => `This machine could not take over: ${why}`,
};
