import { setImmediate as breathe } from 'node:timers/promises';
import type { Contact, Unit } from '../../../../domain/notice/unit.ts';
import type { RegisterView } from '../../../../flow/ports/service.ts';
import { BOM } from '../../../../wire/files/csv.ts';
import { contactRow, unitRow } from '../../../../wire/files/people-csv.ts';
import {
  areaRow,
  assetRow,
  deviceRow,
  exportHeader,
  modelRow,
  pointRow,
} from '../../../../wire/files/register-csv.ts';

/** Rows written before others get their turn on this thread. */
const ROWS = 500;

/**
 * The register as a file, in the order in which it must be read: what is referred to comes first.
 *
 * @param people `null`: not for whoever asks
 */
export async function* registerExport(
  register: RegisterView,
  people: {
    readonly units: readonly Unit[];
    readonly contacts: readonly Contact[];
    readonly withMobiles: boolean;
  } | null,
  header: 'zh' | 'en',
): AsyncGenerator<string> {
  yield BOM + exportHeader(header);
  yield* written(register.areas(), areaRow);
  if (people !== null) {
    yield* written(people.units, unitRow);
    yield* written(people.contacts, contactRow(people.withMobiles));
  }
  yield* written(register.assets(), assetRow);
  yield* written(register.points(), pointRow);
  yield* written(register.models(), modelRow);
  yield* written(register.devices(), deviceRow);
}

async function* written<T>(items: readonly T[], row: (item: T) => string): AsyncGenerator<string> {
  for (let i = 0; i < items.length; i += ROWS) {
    yield items
      .slice(i, i + ROWS)
      .map(row)
      .join('');
    await breathe();
  }
}
