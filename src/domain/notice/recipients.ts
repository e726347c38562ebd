import type { AreaCode, ChannelId, ContactId, UnitCode } from '../ids.ts';
import type { Millis } from '../time.ts';
import { type ChannelSetup, needsOf } from './channel.ts';
import type { LiesIn, NoticeSubject, Recipient, Rung } from './policy.ts';
import { answersAt, type Roster } from './roster.ts';
import type { Contact, Post, Unit } from './unit.ts';

/** Units, people and rosters as they are; lists in order of code. */
export interface Directory {
  units(): readonly Unit[];
  unit(code: UnitCode): Unit | undefined;
  contact(id: ContactId): Contact | undefined;
  contactsOf(unit: UnitCode): readonly Contact[];
  roster(unit: UnitCode): Roster | undefined;
  channels(): readonly ChannelSetup[];
}

/** Where a subject stands: what posts are found by. */
export type NoticePlace = Pick<NoticeSubject, 'area' | 'lifeline'> & {
  /** What the register says of the owner 权属单位: a unit's code or its name. */
  readonly owner: string | null;
};

/** Why nobody, or nothing, was found. */
export type RecipientGap =
  | 'no-owner'
  | 'owner-unknown'
  | 'no-district'
  | 'no-centre'
  | 'unit-unknown'
  | 'out-of-service'
  | 'nobody-on-duty'
  | 'nobody-in-post'
  | 'contact-unknown'
  | 'no-channel'
  | 'channel-unknown'
  | 'channel-off'
  | 'no-mobile'
  | 'no-email';

/** One message that is owed. `contact: null`: to whoever is behind the channel. */
export type NoticeTarget = { readonly contact: Contact | null; readonly channel: ChannelSetup };

/** Somebody, or something, that a rung calls for and does not reach. */
export type NoticeMiss = {
  readonly to: Recipient;
  readonly why: RecipientGap;
  readonly unit: UnitCode | null;
  readonly contact: ContactId | null;
  readonly channel: ChannelId | null;
};

export type RungReach = {
  readonly targets: readonly NoticeTarget[];
  readonly misses: readonly NoticeMiss[];
};

/**
 * Whom a rung reaches at an instant, and whom it does not and why: ownership, the tree of areas, the roster and the channels
 * as they are then. Nobody is skipped in silence: whatever is called for and not found is among the misses.
 *
 * Each person is told once by each channel, however often the rung names them.
 */
export function reachOf(
  rung: Pick<Rung, 'to' | 'channels'>,
  place: NoticePlace,
  by: { readonly directory: Directory; readonly liesIn: LiesIn; readonly at: Millis },
): RungReach {
  const targets = new Map<string, NoticeTarget>();
  const misses: NoticeMiss[] = [];
  const { directory } = by;
  const miss = (to: Recipient, why: RecipientGap, of: Partial<NoticeMiss> = {}) =>
    misses.push({ unit: null, contact: null, channel: null, ...of, to, why });

  for (const to of rung.to) {
    if ('channel' in to) {
      const channel = directory.channels().find((c) => c.id === to.channel);
      if (channel === undefined) miss(to, 'channel-unknown', { channel: to.channel });
      else if (!channel.enabled) miss(to, 'channel-off', { channel: to.channel });
      // Of a channel that calls a number there is nobody to call.
      else if (needsOf(channel) !== 'nothing') miss(to, 'contact-unknown', { channel: to.channel });
      else targets.set(`/${channel.id}`, { contact: null, channel });
      continue;
    }
    const { people, why, unit } = peopleOf(to, place, by);
    if (why !== null) miss(to, why, { unit });
    for (const contact of people) {
      const { channels, gaps } = channelsTo(contact, rung.channels, directory);
      for (const channel of channels) targets.set(`${contact.id}/${channel.id}`, { contact, channel });
      for (const g of gaps) miss(to, g.why, { unit, contact: contact.id, channel: g.channel });
    }
  }
  return { targets: [...targets.values()], misses };
}

type Found = { people: readonly Contact[]; why: RecipientGap | null; unit: UnitCode | null };

function peopleOf(
  to: Exclude<Recipient, { readonly channel: ChannelId }>,
  place: NoticePlace,
  { directory, liesIn, at }: { directory: Directory; liesIn: LiesIn; at: Millis },
): Found {
  if ('contact' in to) {
    const contact = directory.contact(to.contact);
    if (contact === undefined) return { people: [], why: 'contact-unknown', unit: null };
    if (contact.outOfService) return { people: [], why: 'out-of-service', unit: contact.unit };
    return { people: [contact], why: null, unit: contact.unit };
  }
  const unit = unitOf(to.unit, place, directory, liesIn);
  if (typeof unit === 'string') return { people: [], why: unit, unit: null };
  if (unit.outOfService) return { people: [], why: 'out-of-service', unit: unit.code };
  const people = inPost(unit, to.post, directory, at);
  if (people.length > 0) return { people, why: null, unit: unit.code };
  const rostered = to.post !== 'member' && (directory.roster(unit.code)?.shifts.length ?? 0) > 0;
  return { people, why: rostered ? 'nobody-on-duty' : 'nobody-in-post', unit: unit.code };
}

/**
 * Who holds a post: for duty and leader by the roster, where the unit has one. Where it names no leader at all the
 * unit's leaders answer: they do not take turns. A roster that names nobody on duty now is a gap, and stays one; one without any
 * shift is none.
 */
export function inPost(unit: Unit, post: Post, directory: Directory, at: Millis): readonly Contact[] {
  if (unit.outOfService) return [];
  const byPost = () => directory.contactsOf(unit.code).filter((c) => c.post === post && !c.outOfService);
  const roster = post === 'member' ? undefined : directory.roster(unit.code);
  if (roster === undefined || roster.shifts.length === 0 || post === 'member') return byPost();
  if (post === 'leader' && roster.shifts.every((s) => s.leader.length === 0)) return byPost();
  return answersAt(roster, post, at)
    .flatMap((id) => directory.contact(id) ?? [])
    .filter((c) => !c.outOfService);
}

function unitOf(
  which: 'owner' | 'district' | 'centre' | { readonly code: UnitCode },
  place: NoticePlace,
  directory: Directory,
  liesIn: LiesIn,
): Unit | RecipientGap {
  if (typeof which === 'object') return directory.unit(which.code) ?? 'unit-unknown';
  if (which === 'owner') {
    if (place.owner === null) return 'no-owner';
    const { owner } = place;
    return directory.units().find((u) => u.code === owner || u.name === owner) ?? 'owner-unknown';
  }
  const kind = directory.units().filter((u) => u.kind === which && !u.outOfService);
  const line = (u: Unit) => u.lifelines.length === 0 || u.lifelines.includes(place.lifeline);
  const near = kind.filter((u) => line(u) && liesIn(place.area, u.areas)).sort(narrowest(liesIn));
  if (which === 'district') return near[0] ?? 'no-district';
  // The centre answers for the whole city, whether or not somebody has written that down.
  return near[0] ?? kind.find((u) => line(u) && u.areas.length === 0) ?? 'no-centre';
}

/** Who answers for least comes first, and of two alike who answers for one lifeline alone. */
const narrowest =
  (liesIn: LiesIn) =>
  (a: Unit, b: Unit): number => {
    const inside = (x: readonly AreaCode[], y: readonly AreaCode[]) => x.every((area) => liesIn(area, y));
    const [ab, ba] = [inside(a.areas, b.areas), inside(b.areas, a.areas)];
    if (ab !== ba) return ab ? -1 : 1;
    const special = Number(b.lifelines.length > 0) - Number(a.lifelines.length > 0);
    return special || (a.code < b.code ? -1 : 1);
  };

type ChannelGap = { readonly channel: ChannelId | null; readonly why: RecipientGap };

/** @param wanted empty: every one in use that reaches the person */
function channelsTo(
  contact: Contact,
  wanted: readonly ChannelId[],
  directory: Directory,
): { channels: readonly ChannelSetup[]; gaps: readonly ChannelGap[] } {
  const all = directory.channels();
  const gaps: ChannelGap[] = [];
  const channels: ChannelSetup[] = [];
  const candidates = wanted.length === 0 ? all.filter((c) => c.enabled) : wanted;
  for (const which of candidates) {
    const channel = typeof which === 'string' ? all.find((c) => c.id === which) : which;
    const why = channel === undefined ? 'channel-unknown' : gapBetween(contact, channel);
    if (channel !== undefined && why === null) channels.push(channel);
    else gaps.push({ channel: typeof which === 'string' ? which : which.id, why: why ?? 'channel-unknown' });
  }
  // Where any channel would do, those that do not reach them say nothing new; where none does, all of them do.
  if (wanted.length === 0 && channels.length > 0) return { channels, gaps: [] };
  if (channels.length === 0 && gaps.length === 0) gaps.push({ channel: null, why: 'no-channel' });
  return { channels, gaps };
}

function gapBetween(contact: Contact, channel: ChannelSetup): RecipientGap | null {
  if (!channel.enabled) return 'channel-off';
  const needs = needsOf(channel);
  if (needs === 'mobile' && contact.mobile === null) return 'no-mobile';
  return needs === 'email' && contact.email === null ? 'no-email' : null;
}
