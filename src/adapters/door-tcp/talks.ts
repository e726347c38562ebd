import type { Flaw } from '../../flow/ports/broker.ts';
import type { DoorKey, FrameDesk } from '../../flow/ports/frames/frame-desk.ts';
import { type Hj212Identity, hj212Command, hj212Reply } from '../../wire/protocols/hj212/commands.ts';
import { HJ212_NEW, hearHj212, type Unseal, unsealed } from '../../wire/protocols/hj212/dialogue.ts';
import { dissectHj212 } from '../../wire/protocols/hj212/dissector.ts';
import { type Hj212Frame, hj212Framer } from '../../wire/protocols/hj212/framer.ts';
import { compactWall } from '../../wire/protocols/local-time.ts';
import { type Sl651Identity, sl651Command, sl651Result } from '../../wire/protocols/sl651/commands.ts';
import { hearSl651, SL651_NEW } from '../../wire/protocols/sl651/dialogue.ts';
import { dissectSl651 } from '../../wire/protocols/sl651/dissector.ts';
import { sl651Framer } from '../../wire/protocols/sl651/framer.ts';
import { type TotalsMemory, withGrowth } from '../../wire/protocols/sl651/totals.ts';
import { dissectSzy206 } from '../../wire/protocols/szy206/dissector.ts';
import { szy206Framer } from '../../wire/protocols/szy206/framer.ts';
import { notSpoken } from '../../wire/protocols/told.ts';
import { BusTalk } from './bus-talk.ts';
import { gb26875Talk } from './gb-talk.ts';
import type { CommandReply, Talk } from './talk.ts';
import { ANSWER_WITHIN, ASIDE, Memories, NOT_READ, talking, UNHEARD } from './talking.ts';

/** What a talk may need of the outside. */
export type TalkParts = {
  readonly desk: FrameDesk;
  /** By the station's MN; `null`: no key is known. */
  readonly unsealOf: (station: string) => Unseal | null;
  /** Running totals of rain: a station goes on where its last line ended. */
  readonly totals: TotalsMemory;
};

export function talkOf(door: DoorKey, parts: TalkParts): Talk {
  switch (door) {
    case 'sl651':
      return sl651Talk(parts);
    case 'hj212':
      return hj212Talk(parts);
    case 'gb26875':
      return gb26875Talk();
    case 'szy206':
      return szy206Talk(parts);
    case 'modbus':
      return new BusTalk(parts.desk);
  }
}

const TEST_REPORT: Flaw = {
  code: 'test-report',
  detail: 'A test report (30H): the standard forbids to keep it with the readings; the bytes are kept here.',
};

const NOTHING = { said: [], flaws: [], isAgain: false, answerWhenKept: null, answerNow: null } as const;

function sl651Talk({ totals }: TalkParts): Talk {
  const memories = new Memories(SL651_NEW);
  const who = new Memories<Sl651Identity | null>(null);
  const open = new Memories<{ readonly id: string; readonly fn: number } | null>(null);
  let serial = 0;
  const talk = talking(sl651Framer(), (frame, _bytes, now) => {
    const { form, centre, station, password } = frame;
    who.keep(station, { form, centre, station, password });
    const told = hearSl651(memories.of(frame.station), frame, now);
    memories.keep(frame.station, told.memory);
    const { kind, whole, isAgain, answerWhenKept, answerNow } = told;
    const base = { kind, station: frame.station, isAgain, answerWhenKept, answerNow };
    const asked = open.of(station);
    if (kind === 'reply' && asked?.fn === frame.fn) {
      open.keep(station, null);
      const news = { is: 'answered', ok: true, result: sl651Result(whole), said: null } as const;
      return { ...base, said: [], flaws: [], isIdle: true, replies: [{ id: asked.id, news }] };
    }
    if (kind === 'keep-alive' || kind === 'part' || kind === 'reply')
      return { ...base, said: [], flaws: [], isIdle: true };
    if (kind !== 'report')
      return { ...base, said: [], flaws: [kind === 'test' ? TEST_REPORT : ASIDE], isIdle: false };
    const said = dissectSl651(whole)?.map((one) => withGrowth(totals, one));
    return { ...base, said: said ?? [], flaws: said === undefined ? [NOT_READ] : [], isIdle: false };
  });
  return {
    ...talk,
    tell(command, clock) {
      const to = who.of(command.station);
      if (to === null) return notSpoken(UNHEARD);
      serial = (serial % 0xffff) + 1;
      const spoken = sl651Command(command, to, serial, clock);
      if (spoken.is === 'not-spoken') return spoken;
      open.keep(command.station, { id: command.id, fn: spoken.fn ?? 0 });
      return { is: 'sent', bytes: spoken.bytes, within: ANSWER_WITHIN };
    },
  };
}

function hj212Talk({ unsealOf }: TalkParts): Talk {
  const memories = new Memories(HJ212_NEW);
  const who = new Memories<Hj212Identity | null>(null);
  type Open = { readonly id: string; readonly qn: string; readonly values: Readonly<Record<string, string>> };
  const open = new Memories<Open | null>(null);
  let lastQn = 0;
  function replies(frame: Hj212Frame): readonly CommandReply[] {
    const asked = open.of(frame.mn);
    const reply = asked?.qn === frame.qn ? hj212Reply(frame) : null;
    if (asked === null || reply === null) return [];
    const { id } = asked;
    if (reply.is === 'ready') return [{ id, news: { is: 'delivered' } }];
    if (reply.is === 'values') {
      open.keep(frame.mn, { ...asked, values: { ...asked.values, ...reply.values } });
      return [{ id, news: { is: 'delivered' } }];
    }
    open.keep(frame.mn, null);
    const result = Object.keys(asked.values).length === 0 ? null : asked.values;
    return [{ id, news: { is: 'answered', ok: reply.ok, result, said: reply.said } }];
  }
  const talk = talking(hj212Framer(), (sent, _bytes, now) => {
    const { st, pw, mn, flag } = sent;
    // What is said for the line itself (91) says nothing of what kind of station it is.
    if (st !== '91' || who.of(mn) === null) who.keep(mn, { st, pw, mn, flag });
    const frame = sent.isSealed ? opened(sent, unsealOf(sent.mn)) : sent;
    const station = sent.mn;
    if (frame === null) {
      // With another key than ours: its sender must not stand still behind it.
      const told = hearHj212(memories.of(station), { ...sent, cn: '0000' }, now);
      return {
        ...NOTHING,
        kind: 'sealed',
        station,
        flaws: [SEALED],
        isIdle: false,
        answerWhenKept: asAnswer(told.answerWhenKept),
      };
    }
    const told = hearHj212(memories.of(station), frame, now);
    memories.keep(station, told.memory);
    const base = {
      kind: told.kind,
      station,
      isAgain: told.isAgain,
      answerWhenKept: asAnswer(told.answerWhenKept),
      answerNow: asAnswer(told.answerNow),
      ...(frame.sum === 'later' ? {} : { sum: frame.sum }),
    };
    if (told.kind === 'reply')
      return { ...base, said: [], flaws: [], isIdle: true, replies: replies(told.frame) };
    if (told.kind === 'heartbeat') return { ...base, said: [], flaws: [], isIdle: true };
    if (told.kind === 'notice') return { ...base, said: [], flaws: [], isIdle: false };
    if (told.kind === 'aside') return { ...base, said: [], flaws: [ASIDE], isIdle: false };
    const said = dissectHj212(told.frame);
    const flaws = said === null ? [NOT_READ] : told.hasLooseEnds ? [LOOSE_ENDS] : [];
    return { ...base, said: said === null ? [] : [said], flaws, isIdle: false };
  });
  return {
    ...talk,
    tell(command, clock, now) {
      const to = who.of(command.station);
      if (to === null) return notSpoken(UNHEARD);
      // A name of its own for each request, also for two within a millisecond.
      lastQn = Math.max(Math.floor(now), lastQn + 1);
      const qn = `20${compactWall(lastQn, clock.offset)}${String(lastQn % 1_000).padStart(3, '0')}`;
      const spoken = hj212Command(command, to, qn, clock);
      if (spoken.is === 'not-spoken') return spoken;
      open.keep(command.station, { id: command.id, qn, values: {} });
      return { is: 'sent', bytes: spoken.bytes, within: ANSWER_WITHIN };
    },
  };
}

const SEALED: Flaw = {
  code: 'sealed',
  detail:
    'The packet is enciphered (SM4) and no key of its station opens it: LIFELINE_DOOR_HJ212_KEYS would hold it.',
};
const LOOSE_ENDS: Flaw = {
  code: 'part-of-packet',
  detail:
    'One of several parts, cut in the middle of a value: that value is taken with the next part; until then its bytes are here.',
};

const opened = (frame: Hj212Frame, unseal: Unseal | null): Hj212Frame | null =>
  unseal === null ? null : unsealed(frame, unseal);
const asAnswer = (bytes: Uint8Array | null) => (bytes === null ? null : () => bytes);

function szy206Talk({ desk }: TalkParts): Talk {
  return talking(szy206Framer(), (frame, _bytes, now) => {
    const { offset } = desk.station('szy206', frame.station);
    const said = dissectSzy206(frame, now + offset);
    return {
      ...NOTHING,
      kind: 'report',
      station: frame.station,
      said: said === null ? [] : [said],
      flaws: said === null ? [NOT_READ] : [],
      isIdle: false,
    };
  });
}
