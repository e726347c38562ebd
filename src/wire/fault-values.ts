/** `sentinel.<metric>` among a point's attributes: by which values its device says that it has failed. */
export const FAULT_VALUES_OF = 'sentinel.';

const NUMBER = /^[+-]?\d+(?:\.\d+)?$/;
const AT_MOST = 16;

/** `5003, -1` → its numbers; `null` for what is no such list. */
export function readFaultValues(text: string): readonly number[] | null {
  const parts = text.split(/[,，]/).map((p) => p.trim());
  return parts.length <= AT_MOST && parts.every((p) => NUMBER.test(p)) ? parts.map(Number) : null;
}

/** Whether an attribute can be what its name says. */
export const isAttribute = (key: string, text: string): boolean =>
  !key.startsWith(FAULT_VALUES_OF) || readFaultValues(text) !== null;

export const FAULT_VALUES_FORM = {
  zh: 'sentinel.指标 须为以逗号分隔的数，如 5003,-1，至多 16 个',
  en: 'sentinel.<metric> is numbers parted by commas, 5003,-1, at most 16',
} as const;
