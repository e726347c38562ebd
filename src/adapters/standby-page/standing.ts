import { LEASE, type StandbyState } from '../../flow/ports/pair/pair.ts';
import { iso } from '../../wire/alarm.ts';
import type { Language } from '../../wire/http/head/language.ts';
import type { Standing } from '../../wire/http/health.ts';

export function standingOf(name: string, state: StandbyState, language: Language): Standing {
  const { since, seen, away, unfit, reachesBroker, isTakingOver } = state;
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
    broker: reachesBroker === null ? null : reachesBroker ? 'ok' : 'away',
    takingOver: isTakingOver,
    lastSwitch: switched === null ? null : { ...switched, at: iso(switched.at) },
    troubles: [
      ...(away === null ? [] : [AWAY[language](away)]),
      ...(unfit === null ? [] : [UNFIT[language](unfit)]),
      ...(reachesBroker === false ? [BLIND[language]] : []),
    ],
  };
}

const AWAY: Readonly<Record<Language, (why: string) => string>> = {
  zh: (why) => `数据库无法访问，本机不能接管：${why}`,
  en: (why) => `The database cannot be reached, and this machine cannot take over: ${why}`,
};

const BLIND: Readonly<Record<Language, string>> = {
  zh: '本机连不上 LIFELINE_MQTT_URL 所指的 MQTT 服务器：接管后收不到设备上报',
  en: 'This machine does not reach the broker of LIFELINE_MQTT_URL: after a take-over it would hear no device',
};

const UNFIT: Readonly<Record<Language, (why: string) => string>> = {
  zh: (why) => `本机不能接管，请处理：${why}`,
  en: (why) => `This machine could not take over: ${why}`,
};
