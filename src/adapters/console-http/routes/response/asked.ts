import { isForOwnUnit, type Right } from '../../../../domain/account/permissions.ts';
import { as } from '../../../../domain/ids.ts';
import type { Asked } from '../../../../domain/response/event.ts';
import type { Session } from '../../../../flow/ports/accounts.ts';
import type { ActsFor, ActsForNobody } from '../../../../flow/ports/responses.ts';

export type Who = { readonly session: Session; readonly sees: (area: string) => boolean };
export type ActSaid = {
  readonly commandId: string;
  readonly seenRevision?: number | undefined;
  readonly actedAt?: number | undefined;
};

/** What every act says, and who says it. */
export const asked = (body: ActSaid, session: Session): Asked => ({
  by: { kind: 'operator', account: session.account, name: session.name },
  commandId: as.command(body.commandId),
  ...(body.seenRevision === undefined ? {} : { seenRevision: body.seenRevision }),
  ...(body.actedAt === undefined ? {} : { actedAt: body.actedAt }),
});

/** Crews and leaders act for their own unit, and for none where they have none. */
export function actsFor({ session, sees }: Who, right: Right): ActsFor | ActsForNobody {
  if (!isForOwnUnit(session.roles, right)) return { unit: null, sees };
  return session.unit === null ? 'nobody' : { unit: as.unit(session.unit), sees };
}
