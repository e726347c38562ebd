import { as } from '../../../src/domain/ids.ts';
import { type RegisterLook, RegisterOverlay } from '../../../src/domain/register/look.ts';
import {
  type RegisterChange,
  type RegisterEntry,
  UNPLACED_AREA,
  type WorkWindow,
} from '../../../src/domain/register/register.ts';

const EMPTY: RegisterLook = {
  area: (code) => (code === UNPLACED_AREA.code ? UNPLACED_AREA : undefined),
  asset: () => undefined,
  point: () => undefined,
  model: () => undefined,
  device: () => undefined,
  works: () => [],
};

/** A register that takes over what was decided. */
export class ARegister {
  readonly #works: WorkWindow[] = [];
  readonly #over = new RegisterOverlay(() => ({ ...EMPTY, works: () => this.#works }));
  readonly look: RegisterLook = this.#over;

  constructor(entries: readonly RegisterEntry[] = []) {
    this.take(entries);
  }

  take(changes: readonly RegisterChange[]): void {
    for (const change of changes) {
      if (change.kind === 'work') this.#works.push(change.work);
      else if (change.kind !== 'fault' && change.kind !== 'quality') this.#over.lay(change);
    }
  }
}

/** Two districts of a city; in each a gas well with a point and its device. */
export const CITY: readonly RegisterEntry[] = [
  area('3416', null),
  ...['341602', '341621'].flatMap((of): RegisterEntry[] => [
    area(of, '3416'),
    {
      kind: 'asset',
      asset: {
        code: as.asset(`W-${of}`),
        name: '井',
        lifeline: as.lifeline('gas'),
        area: as.area(of),
        owner: '燃气公司',
        place: null,
      },
    },
    {
      kind: 'point',
      point: {
        code: as.point(`P-${of}`),
        name: '点',
        lifeline: as.lifeline('gas'),
        asset: as.asset(`W-${of}`),
        area: as.area(of),
        place: null,
        unverified: false,
        outOfService: null,
        attributes: { well: 'gas', depth: '2' },
      },
    },
    {
      kind: 'device',
      device: {
        code: as.device(`D-${of}`),
        lifeline: as.lifeline('gas'),
        point: as.point(`P-${of}`),
        vendor: null,
        serial: null,
        installedAt: null,
        unverified: false,
      },
    },
  ]),
];

function area(code: string, parent: string | null): RegisterEntry {
  return {
    kind: 'area',
    area: { code: as.area(code), name: code, parent: parent === null ? null : as.area(parent) },
  };
}
