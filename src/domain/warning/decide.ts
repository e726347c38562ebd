import type { UnitCode } from '../ids.ts';
import { isGraver, type Level } from '../level.ts';
import type { Refusal, RefusalCode } from '../refusals.ts';
import { accountOf, SYSTEM } from '../response/event.ts';
import { no, ok, type Result, unreachable } from '../result.ts';
import type { Millis } from '../time.ts';
import type { WarningChange, WarningCommand, WarningEvent } from './commands.ts';
import { isWarningOpen, type Warning, type WarningContent, type WarningMessage } from './warning.ts';

type Decision = Result<readonly WarningChange[], Refusal>;
type ByAPerson = Exclude<WarningCommand, { readonly do: 'create' | 'propose' | 'tick' | 'move-clock' }>;

/**
 * What becomes of a command on a warning: events to journal, or a refusal. The table in `docs/warnings.md` is printed from it.
 *
 * @param warning `null` where there is none: only `create` makes sense then
 */
export function decideWarning(
  warning: Warning | null,
  command: WarningCommand,
  now: Millis,
): Result<readonly WarningEvent[], Refusal> {
  if (warning === null) {
    if (command.do !== 'create') return refused('warning-unknown');
    const { birth, by, commandId } = command;
    if (birth.expires <= now) return refused('end-in-past');
    return ok([{ id: birth.id, revision: 1, at: now, by, commandId, change: { kind: 'drafted', birth } }]);
  }
  if (command.do === 'create') return refused('command-reused');
  const decision = decisionOn(warning, command, now);
  if (!decision.ok) return decision;
  const asked = 'commandId' in command ? command : null;
  return ok(
    decision.value.map((change, i) => ({
      id: warning.id,
      revision: warning.revision + 1 + i,
      at: now,
      by: asked?.by ?? SYSTEM,
      commandId: asked?.commandId ?? null,
      ...(asked?.actedAt === undefined ? {} : { actedAt: asked.actedAt }),
      change,
    })),
  );
}

function decisionOn(w: Warning, command: Exclude<WarningCommand, { do: 'create' }>, now: Millis): Decision {
  switch (command.do) {
    case 'tick':
      if (!isWarningOpen(w) || w.expires > now) return ok([]);
      // What nobody had signed goes back to its drafter; what is in force stays so, loudly.
      if (w.state === 'pending') return becomes({ kind: 'lapsed' });
      return w.state === 'issued' && !w.overdue ? becomes({ kind: 'overdue', expires: w.expires }) : ok([]);
    case 'move-clock':
      return isWarningOpen(w) ? becomes({ kind: 'clock-moved', by: command.by }) : ok([]);
    case 'propose': {
      const graver =
        w.state === 'issued' && isGraver(command.level, w.level) && w.proposal?.level !== command.level;
      return graver
        ? becomes({ kind: 'adjustment-proposed', level: command.level, alarm: command.alarm })
        : ok([]);
    }
    default:
      return byAPerson(w, command, now);
  }
}

function byAPerson(w: Warning, c: ByAPerson, now: Millis): Decision {
  if (c.seenRevision !== undefined && c.seenRevision > w.revision) return refused('seen-unknown');
  // A receipt may come late; nothing else is done to what is over.
  if (c.do === 'confirm') return confirm(w, c.unit);
  if (!isWarningOpen(w)) return refused('warning-over');
  switch (c.do) {
    case 'edit':
      if (w.state !== 'draft') return refused('warning-state');
      if ((c.content.expires ?? w.expires) <= now) return refused('end-in-past');
      return becomes({ kind: 'edited', content: c.content, recipients: c.recipients });
    case 'submit':
      if (w.state !== 'draft') return refused('warning-state');
      return w.expires <= now ? refused('end-in-past') : becomes({ kind: 'submitted' });
    case 'issue':
      return issue(w, c, now);
    case 'return':
      return w.state === 'pending'
        ? becomes({ kind: 'returned', reason: c.reason })
        : refused('warning-state');
    case 'adjust':
      return adjust(w, c, now);
    case 'end':
      if (w.state !== 'issued') return refused('warning-not-issued');
      if (!c.isOver && c.reason === null) return refused('lift-conditions');
      return becomes({
        kind: 'lifted',
        message: messageOf(w, { ...c, because: 'lifted', note: c.reason, content: w }, now),
        reason: c.reason,
      });
    case 'cancel':
      if (w.state !== 'issued') return refused('warning-not-issued');
      return becomes({
        kind: 'cancelled',
        message: messageOf(w, { ...c, because: 'cancelled', note: c.reason, content: w }, now),
        reason: c.reason,
      });
    case 'discard':
      return w.state === 'issued' ? refused('warning-state') : becomes({ kind: 'discarded' });
    default:
      return unreachable(c);
  }
}

/** Red and orange are never issued by who drafted them. */
const needsAnother = (level: Level): boolean => level <= 2;

function issue(w: Warning, c: Extract<ByAPerson, { do: 'issue' }>, now: Millis): Decision {
  // Blue may be issued at once by whoever may issue it.
  if (w.state !== 'pending' && !(w.state === 'draft' && w.level === 4)) return refused('warning-state');
  if (needsAnother(w.level) && accountOf(c.by) === accountOf(w.drafter)) return refused('own-draft');
  if (w.expires <= now) return refused('end-in-past');
  const message = messageOf(w, { ...c, because: 'issued', note: null, content: w }, now);
  return becomes({ kind: 'issued', message: { ...message, documentNo: c.documentNo } });
}

function adjust(w: Warning, c: Extract<ByAPerson, { do: 'adjust' }>, now: Millis): Decision {
  if (w.state !== 'issued') return refused('warning-not-issued');
  const content: WarningContent = { ...contentOf(w), ...c.content };
  if (content.expires <= now) return refused('end-in-past');
  if (
    needsAnother(content.level) &&
    isGraver(content.level, w.level) &&
    accountOf(c.by) === accountOf(w.drafter)
  )
    return refused('own-draft');
  return becomes({
    kind: 'adjusted',
    message: messageOf(w, { ...c, because: 'adjusted', note: c.reason, content }, now),
    reason: c.reason,
  });
}

function confirm(w: Warning, unit: UnitCode): Decision {
  if (w.state !== 'issued' && w.state !== 'lifted') return refused('warning-not-issued');
  const recipient = w.recipients.find((r) => r.unit === unit);
  if (recipient === undefined) return refused('not-a-recipient');
  return recipient.confirmed === null ? becomes({ kind: 'confirmed', unit }) : ok([]);
}

const TYPES = { issued: 'Alert', adjusted: 'Update', lifted: 'Cancel', cancelled: 'Cancel' } as const;

function messageOf(
  w: Warning,
  of: {
    readonly identifier: string;
    readonly because: WarningMessage['because'];
    readonly note: string | null;
    readonly content: WarningContent;
  },
  now: Millis,
): WarningMessage {
  return {
    identifier: of.identifier,
    msgType: TYPES[of.because],
    because: of.because,
    sent: now,
    from: of.content.level === w.level ? null : w.level,
    note: of.note,
    documentNo: w.documentNo,
    content: contentOf(of.content),
    references: w.messages.map(({ identifier, sent }) => ({ identifier, sent })),
  };
}

const contentOf = (w: WarningContent): WarningContent => ({
  level: w.level,
  kind: w.kind,
  areas: w.areas,
  areaText: w.areaText,
  text: w.text,
  instruction: w.instruction,
  expires: w.expires,
});

const becomes = (change: WarningChange): Decision => ok([change]);
const refused = (code: RefusalCode) => no<Refusal>({ code, detail: null });
