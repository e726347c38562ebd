/** What a drill measures: how long until somebody acknowledged, was told, accepted, arrived, had it under control, and it was closed. */
export const DRILL_SPANS = [
  'tell',
  'acknowledge',
  'accept',
  'arrive',
  'control',
  'confirm',
  'close',
] as const;
export type DrillSpanName = (typeof DRILL_SPANS)[number];
