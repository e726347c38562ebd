import { type Millis, minutes } from '../../domain/time.ts';
import type { Dissected } from '../../wire/mapping/frames.ts';
import { type Gb26875Identity, gb26875Command, gb26875Reply } from '../../wire/protocols/gb26875/commands.ts';
import {
  denyGb26875,
  endedByReset,
  GB26875_NEW,
  hearGb26875,
} from '../../wire/protocols/gb26875/dialogue.ts';
import { dissectGb26875 } from '../../wire/protocols/gb26875/dissector.ts';
import { type Gb26875Frame, gb26875Framer } from '../../wire/protocols/gb26875/framer.ts';
import { notSpoken } from '../../wire/protocols/told.ts';
import type { CommandReply, Talk } from './talk.ts';
import { ANSWER_WITHIN, ASIDE, Memories, NOT_READ, talking, UNHEARD } from './talking.ts';

/** What a unit was told and has not answered; `waitsForPerson`: its confirm is not the end. */
type Open = { readonly id: string; readonly serial: number; readonly waitsForPerson: boolean };

/** Of a unit and of its parts, which are stations with its name in front. */
export const unitOf = (station: string): string => station.split('-', 1)[0] as string;

export function gb26875Talk(): Talk {
  const memories = new Memories(GB26875_NEW);
  const who = new Memories<Gb26875Identity | null>(null);
  const open = new Memories<Open | null>(null);
  let serial = 0;

  function replies(frame: Gb26875Frame): readonly CommandReply[] {
    const asked = open.of(frame.source);
    if (asked === null) return [];
    const { id, waitsForPerson } = asked;
    const over = (ok: boolean, said: string | null, result: unknown = null): readonly CommandReply[] => {
      open.keep(frame.source, null);
      return [{ id, news: { is: 'answered', ok, result, said } }];
    };
    switch (gb26875Reply(frame, asked.serial)) {
      case 'confirmed':
        return waitsForPerson ? [{ id, news: { is: 'delivered' } }] : over(true, null);
      case 'denied':
        return over(false, '否认 denied (6)');
      case 'on-duty':
        return waitsForPerson ? over(true, null, { onDuty: true }) : [];
      default:
        return [];
    }
  }

  const talk = talking(gb26875Framer(), (frame) => {
    const speaker = frame.source;
    const { source, destination, version } = frame;
    who.keep(speaker, { source, destination, version });
    const told = hearGb26875(memories.of(speaker), frame);
    const confirm = told.answerWhenKept;
    const answerWhenKept =
      confirm === null
        ? null
        : ({ now, offset }: { now: Millis | null; offset: number }) => confirm(now, offset);
    let memory = told.memory;
    let said: readonly Dissected[] | null = null;
    if (told.kind === 'report') {
      said = dissectGb26875(frame);
      if (said !== null) ({ memory, said } = endedByReset(memory, said));
    }
    memories.keep(speaker, memory);
    const station = said?.[0]?.station ?? speaker;
    const base = {
      ...{ kind: told.kind, station, speaker, isAgain: told.isAgain, answerNow: null },
      replies: replies(frame),
    };
    if (told.kind === 'reply') return { ...base, said: [], flaws: [], isIdle: true, answerWhenKept };
    if (told.kind === 'report' && said === null)
      return {
        ...base,
        said: [],
        flaws: [NOT_READ],
        isIdle: false,
        answerWhenKept: ({ now, offset }) => denyGb26875(frame, now, offset),
      };
    const flaws = told.kind === 'aside' ? [ASIDE] : [];
    return { ...base, said: said ?? [], flaws, isIdle: false, answerWhenKept };
  });
  return {
    ...talk,
    tell(command, clock) {
      const unit = unitOf(command.station);
      const to = who.of(unit);
      if (to === null) return notSpoken(UNHEARD);
      serial = (serial % 0xffff) + 1;
      const spoken = gb26875Command(command, to, serial, clock);
      if (spoken.is === 'not-spoken') return spoken;
      const { bytes, minutes: wait } = spoken;
      open.keep(unit, { id: command.id, serial, waitsForPerson: wait !== undefined });
      return {
        is: 'sent',
        bytes,
        within: wait === undefined ? ANSWER_WITHIN : minutes(wait) + ANSWER_WITHIN,
      };
    },
  };
}
