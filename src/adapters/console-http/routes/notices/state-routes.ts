import { as } from '../../../../domain/ids.ts';
import { secretsLacking } from '../../../../domain/notice/channel.ts';
import type { Notice } from '../../../../domain/notice/notice.ts';
import type { Unit } from '../../../../domain/notice/unit.ts';
import { iso } from '../../../../wire/alarm.ts';
import type { Handlers } from '../../answer/handler.ts';
import type { Services } from '../../answer/services.ts';
import { noticesSeen } from './area-of.ts';

type Sees = (area: string) => boolean;
const MOST_UNREACHED = 200;

/** Whether notices reach anybody, as the desk's strip says it, and the word that somebody has seen that they do not. */
export function noticeStateRoutes({
  notices,
  service,
  clock,
}: Services): Pick<Handlers, 'noticeState' | 'seeNotices'> {
  const { view } = notices;
  const theirs = (all: readonly Notice[], sees: Sees) => noticesSeen(all, sees, service);

  return {
    noticeState: async ({ sees }) => {
      const unreached = notices.unreached().filter((a) => sees(a.areaCode));
      const isTheirs = (u: Unit | null) => u === null || u.areas.length === 0 || u.areas.some(sees);
      return {
        channels: view
          .channels()
          .filter((c) => c.enabled && secretsLacking(c, view.secretsSet(c.id)).length === 0).length,
        undelivered: (await theirs(notices.unseen(), sees)).length,
        unreached: unreached.slice(0, MOST_UNREACHED).map((a) => ({
          id: a.id,
          level: a.level,
          point: a.pointCode,
          pointName: a.pointName,
          asset: a.assetName,
          raisedAt: iso(a.raisedAt),
        })),
        unmanned: notices
          .unmanned(clock.now())
          .filter(isTheirs)
          .map((u) => ({ unit: u?.code ?? null, name: u?.name ?? null })),
      };
    },
    seeNotices: async ({ body, session, sees }) => {
      const known = body.ids.flatMap((id) => view.notice(as.notice(id)) ?? []);
      const ids = (await theirs(known, sees)).map((n) => n.id);
      await notices.see(ids, session.name);
    },
  };
}
