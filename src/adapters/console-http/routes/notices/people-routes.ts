import { type AreaCode, as } from '../../../../domain/ids.ts';
import { type Contact, masked, type Unit } from '../../../../domain/notice/unit.ts';
import { iso } from '../../../../wire/alarm.ts';
import type { Handlers } from '../../answer/handler.ts';
import { HttpProblem } from '../../answer/problem.ts';
import type { Services } from '../../answer/services.ts';
import { newId } from '../new-id.ts';
import { pageOf } from '../paging.ts';
import { granted } from './granted.ts';

type Names =
  | 'units'
  | 'createUnit'
  | 'changeUnit'
  | 'contacts'
  | 'createContact'
  | 'changeContact'
  | 'contactMobile'
  | 'onDuty';

export function noticePeopleRoutes({ notices, clock }: Services): Pick<Handlers, Names> {
  const { view } = notices;
  const unitJson = ({ outOfService, ...u }: Unit) => ({
    ...u,
    areas: [...(u.areas as readonly AreaCode[])],
    lifelines: [...u.lifelines],
    inService: outOfService !== true,
    revision: view.revisionOf('unit', u.code),
  });
  const contactJson = ({ mobile, handles, outOfService, ...c }: Contact) => ({
    ...c,
    mobile: mobile === null ? null : masked(mobile),
    handles: Object.fromEntries(Object.entries(handles)) as Record<string, string>,
    inService: outOfService !== true,
    revision: view.revisionOf('contact', c.id),
  });

  return {
    units: ({ query }) => {
      const { items, next } = pageOf(
        view.units(),
        (u) => u.code,
        query,
        (u) => query.kind === undefined || u.kind === query.kind,
      );
      return { items: items.map(unitJson), next };
    },
    createUnit: async ({ body }) => {
      const { code, name, kind, ...rest } = body;
      const unit = { ...unitFrom(rest, EMPTY_UNIT), code: as.unit(code), name, kind };
      return unitJson(granted(await notices.keepUnit(unit, 'create')));
    },
    changeUnit: async ({ params, body, was }) => {
      const before = view.unit(as.unit(params.code));
      if (before === undefined) throw new HttpProblem('not-found');
      was(unitJson(before));
      const { name = before.name, kind = before.kind, seenRevision = null, ...rest } = body;
      const unit = { ...unitFrom(rest, before), code: before.code, name, kind };
      return unitJson(granted(await notices.keepUnit(unit, { seen: seenRevision })));
    },

    contacts: ({ query }) => {
      const { items, next } = pageOf(
        view.contacts(),
        (c) => c.id,
        query,
        (c) => query.unit === undefined || c.unit === query.unit,
      );
      return { items: items.map(contactJson), next };
    },
    createContact: async ({ body, became }) => {
      const { id = newId('contact'), unit, name, post, ...rest } = body;
      const contact = {
        ...contactFrom(rest, EMPTY_CONTACT),
        id: as.contact(id),
        unit: as.unit(unit),
        name,
        post,
      };
      became(contactJson(contact));
      return contactJson(granted(await notices.keepContact(contact, 'create')));
    },
    changeContact: async ({ params, body, was, became }) => {
      const before = view.contact(as.contact(params.id));
      if (before === undefined) throw new HttpProblem('not-found');
      const { unit = before.unit, name = before.name, post = before.post, ...others } = body;
      const { seenRevision = null, ...rest } = others;
      const contact = { ...contactFrom(rest, before), id: before.id, unit: as.unit(unit), name, post };
      was(contactJson(before));
      became(contactJson(contact));
      return contactJson(granted(await notices.keepContact(contact, { seen: seenRevision })));
    },
    contactMobile: ({ params }) => {
      const contact = view.contact(as.contact(params.id));
      if (contact === undefined) throw new HttpProblem('not-found');
      return { id: contact.id, mobile: contact.mobile };
    },

    onDuty: ({ query }) => {
      const unit = as.unit(query.unit);
      if (view.unit(unit) === undefined) throw new HttpProblem('not-found');
      const at = query.at ?? clock.now();
      const { duty, leader } = notices.onDuty(unit, at);
      const named = (list: readonly Contact[]) => list.map(({ id, name }) => ({ id, name }));
      return {
        unit,
        at: iso(at),
        duty: named(duty),
        leader: named(leader),
        gaps: [
          ...(duty.length === 0 ? ['duty' as const] : []),
          ...(leader.length === 0 ? ['leader' as const] : []),
        ],
      };
    },
  };
}

type Left = 'code' | 'name' | 'kind';
const EMPTY_UNIT: Omit<Unit, Left> = { parent: null, areas: [], lifelines: [], phone: null };
type UnitWish = {
  readonly parent?: string | null | undefined;
  readonly areas?: readonly string[] | undefined;
  readonly lifelines?: readonly string[] | undefined;
  readonly phone?: string | null | undefined;
  readonly inService?: boolean | undefined;
};

const unitFrom = (wish: UnitWish, before: Omit<Unit, Left>): Omit<Unit, Left> => ({
  parent: wish.parent === undefined ? before.parent : wish.parent === null ? null : as.unit(wish.parent),
  areas: wish.areas?.map(as.area) ?? before.areas,
  lifelines: wish.lifelines?.map(as.lifeline) ?? before.lifelines,
  phone: wish.phone === undefined ? before.phone : wish.phone,
  ...serviceOf(wish, before),
});

const serviceOf = (
  { inService }: { readonly inService?: boolean | undefined },
  { outOfService }: Pick<Unit, 'outOfService'>,
): Pick<Unit, 'outOfService'> => ((inService ?? outOfService !== true) ? {} : { outOfService: true });

type Kept = 'mobile' | 'email' | 'account' | 'handles' | 'outOfService';
const EMPTY_CONTACT: Pick<Contact, Kept> = { mobile: null, email: null, account: null, handles: {} };
type ContactWish = {
  readonly mobile?: string | null | undefined;
  readonly email?: string | null | undefined;
  readonly account?: string | null | undefined;
  readonly handles?: { readonly [K in keyof Contact['handles']]?: string | undefined } | undefined;
  readonly inService?: boolean | undefined;
};

const contactFrom = (wish: ContactWish, before: Pick<Contact, Kept>): Pick<Contact, Kept> => ({
  mobile: wish.mobile === undefined ? before.mobile : wish.mobile,
  email: wish.email === undefined ? before.email : wish.email,
  account: wish.account === undefined ? before.account : wish.account,
  handles: wish.handles === undefined ? before.handles : given(wish.handles),
  ...serviceOf(wish, before),
});

const given = (handles: NonNullable<ContactWish['handles']>): Contact['handles'] =>
  Object.fromEntries(Object.entries(handles).filter(([, v]) => v !== undefined));
