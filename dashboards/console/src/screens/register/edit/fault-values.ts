/** By which values a device says that it has failed stands among its attributes, one of these for each metric. */
const OF = 'sentinel.';

type Attributes = Readonly<Record<string, string>>;

export const isFaultValues = (key: string): boolean => key.startsWith(OF);
export const metricOfFaultValues = (key: string): string => key.slice(OF.length);

/** `depth=5003,-1; flow=9999`: as a person reads and types them. */
export const faultValuesText = (attributes: Attributes): string =>
  Object.entries(attributes)
    .filter(([key]) => isFaultValues(key))
    .map(([key, values]) => `${metricOfFaultValues(key)}=${values}`)
    .join('; ');

/** What of it is to be sent: `null` for one that was taken out. What is no pair goes as it is, and is refused with what would be right. */
export function faultValuesBody(text: string, before: Attributes): Record<string, string | null> {
  const body: Record<string, string | null> = {};
  for (const key of Object.keys(before)) if (isFaultValues(key)) body[key] = null;
  for (const part of text.split(/[;；]/)) {
    if (part.trim() === '') continue;
    const [metric = '', ...values] = part.split(/[=＝]/);
    body[OF + (metric.trim() || '?')] = values.join('=').trim() || '?';
  }
  return body;
}
