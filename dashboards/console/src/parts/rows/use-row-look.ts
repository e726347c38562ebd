import { type Ref, ref } from 'vue';
import { type Column, type Density, type RowLook, readLook } from '../../state/rows/row-look.ts';

const KEPT = 'lifeline.rows';

/** How rows of alarms look at this workstation. */
export function useRowLook(): {
  readonly look: Ref<RowLook>;
  toggle(column: Column): void;
  setDensity(density: Density): void;
} {
  const look = ref<RowLook>(readLook(localStorage.getItem(KEPT)));
  function keep(next: RowLook): void {
    look.value = next;
    localStorage.setItem(KEPT, JSON.stringify(next));
  }
  return {
    look,
    toggle(column) {
      const { columns, density } = look.value;
      const next = columns.includes(column) ? columns.filter((c) => c !== column) : [...columns, column];
      keep({ columns: next, density });
    },
    setDensity: (density) => keep({ ...look.value, density }),
  };
}
