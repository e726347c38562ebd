import type { ContactId, UnitCode } from '../ids.ts';
import { isSame } from '../register/look.ts';
import {
  type ContactWish,
  contactFlaws,
  contactOf,
  type PeopleFlaw,
  type PeopleLook,
  type PeopleWish,
  type UnitWish,
  unitFlaws,
  unitOf,
} from './people.ts';
import type { Contact, Unit } from './unit.ts';

/** One good row of a file of units and contacts. No two rows want the same. */
export type PeopleRow = { readonly line: number; readonly wish: PeopleWish };

/** What came of the rows, and what is to be kept of them: units first. */
export type PeopleImport = {
  readonly keep: readonly (
    | { readonly is: 'unit'; readonly unit: Unit }
    | { readonly is: 'contact'; readonly contact: Contact }
  )[];
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly failed: readonly { readonly line: number; readonly flaws: readonly PeopleFlaw[] }[];
};

/** Decides on rows of units and contacts, which may stand in any order; good ones are used whatever the others are. */
export function decidePeople(rows: readonly PeopleRow[], look: PeopleLook): PeopleImport {
  const keep: PeopleImport['keep'][number][] = [];
  const counts = { created: 0, updated: 0, unchanged: 0 };
  const failed: PeopleImport['failed'][number][] = [];
  const count = (before: unknown, after: unknown): boolean => {
    const same = before !== undefined && isSame(before, after);
    counts[same ? 'unchanged' : before === undefined ? 'created' : 'updated'] += 1;
    return !same;
  };

  const units = new Map<UnitCode, { line: number; unit: Unit }>();
  const over: PeopleLook = { ...look, unit: (code) => units.get(code)?.unit ?? look.unit(code) };
  for (const { line, wish } of rows) {
    if (wish.kind !== 'unit') continue;
    const unit = unitOf(wish satisfies UnitWish, look.unit(wish.code));
    if ('code' in unit) units.set(unit.code, { line, unit });
    else failed.push({ line, flaws: unit });
  }
  // Units stand on one another: those without a footing go, until the others stand.
  for (let fell = true; fell; ) {
    fell = false;
    for (const [code, { line, unit }] of units) {
      const flaws = unitFlaws(unit, over);
      if (flaws.length === 0) continue;
      failed.push({ line, flaws });
      units.delete(code);
      fell = true;
    }
  }
  for (const { unit } of units.values())
    if (count(look.unit(unit.code), unit)) keep.push({ is: 'unit', unit });
  for (const { line, wish } of rows) {
    if (wish.kind !== 'contact') continue;
    const before = look.contact(wish.code satisfies ContactId);
    const contact = contactOf(wish satisfies ContactWish, before);
    const flaws = 'id' in contact ? contactFlaws(contact, over) : contact;
    if (!('id' in contact) || flaws.length > 0) failed.push({ line, flaws });
    else if (count(before, contact)) keep.push({ is: 'contact', contact });
  }
  return { keep, ...counts, failed };
}
