import type { Bilingual } from '../text.ts';
import type { Device, DeviceModel, Point } from './register.ts';

/** `sentinel.<metric>` among the attributes of a point, a device or a model: by which values a device says that it has failed. */
export const FAULT_VALUES_OF = 'sentinel.';

type Attributes = Readonly<Record<string, string>>;
/** By metric; in the metric's unit, as the device sends them. */
export type FaultValues = ReadonlyMap<string, readonly number[]>;

const NUMBER = /^[+-]?\d+(?:\.\d+)?$/;
const AT_MOST = 16;
export const NO_FAULT_VALUES: FaultValues = new Map();

/** `5003, -1` → its numbers; `null` for what is no such list. */
export function readFaultValues(text: string): readonly number[] | null {
  const parts = text.split(/[,，]/).map((p) => p.trim());
  return parts.length <= AT_MOST && parts.every((p) => NUMBER.test(p)) ? parts.map(Number) : null;
}

/** The metric whose fault values an attribute names; `null`: it names none. */
export const metricOfFaultValues = (key: string): string | null =>
  key.startsWith(FAULT_VALUES_OF) ? key.slice(FAULT_VALUES_OF.length) : null;

/** Whether an attribute can be what its name says. */
export const isAttribute = (key: string, text: string): boolean =>
  metricOfFaultValues(key) === null || readFaultValues(text) !== null;

export const FAULT_VALUES_FORM: Bilingual = {
  zh: 'sentinel.指标 须为以逗号分隔的数，如 5003,-1，至多 16 个',
  en: 'sentinel.<metric> is numbers parted by commas, 5003,-1, at most 16',
};

/**
 * The fault values that hold at a point: its own, those of the devices that are installed there now, and those of
 * their models. They go with the device: another one brings its own.
 */
export function faultValuesAt(
  point: Pick<Point, 'attributes'>,
  devices: readonly Device[],
  modelOf: (code: NonNullable<Device['model']>) => DeviceModel | undefined,
): FaultValues {
  let known: Map<string, readonly number[]> | null = null;
  for (const attributes of attributesAt(point, devices, modelOf)) {
    for (const [key, text] of Object.entries(attributes)) {
      const metric = metricOfFaultValues(key);
      const values = metric === null ? null : readFaultValues(text);
      if (metric === null || values === null) continue;
      known ??= new Map();
      known.set(metric, [...new Set([...(known.get(metric) ?? []), ...values])]);
    }
  }
  return known ?? NO_FAULT_VALUES;
}

/** The same as a plain object, for a door through which maps do not go; nothing where there are none. */
export const plainFaultValues = (
  values: FaultValues,
): { readonly faultValues?: Readonly<Record<string, readonly number[]>> } =>
  values.size === 0 ? {} : { faultValues: Object.fromEntries(values) };

function* attributesAt(
  point: Pick<Point, 'attributes'>,
  devices: readonly Device[],
  modelOf: (code: NonNullable<Device['model']>) => DeviceModel | undefined,
): Iterable<Attributes> {
  yield point.attributes;
  for (const { attributes, model } of devices) {
    if (attributes !== undefined) yield attributes;
    const its = model === undefined ? undefined : modelOf(model);
    if (its !== undefined) yield its.attributes;
  }
}
