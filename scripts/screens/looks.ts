/** How a picture is taken: on what, in which language, by day or by night. */
export type Look = {
  readonly theme: 'dark' | 'light';
  readonly language: 'zh-CN' | 'en';
  readonly size: string;
  readonly viewport: { readonly width: number; readonly height: number };
};

const DESK = { size: 'desk', viewport: { width: 1366, height: 768 } } as const;
const PHONE = { size: 'phone', viewport: { width: 390, height: 844 } } as const;

/** Not every combination: each theme and each language is seen on each screen, and the phone once. */
const LOOKS: readonly Look[] = [
  { theme: 'dark', language: 'zh-CN', ...DESK },
  { theme: 'light', language: 'en', ...DESK },
  { theme: 'light', language: 'zh-CN', ...PHONE },
];

/** @param size `1920x1080` for another monitor than the usual ones; empty for these */
export function looksFor(size: string): readonly Look[] {
  if (size === '') return LOOKS;
  const [width, height] = size.split('x').map(Number);
  if (!width || !height) throw new Error(`--size ${size}: 1920x1080 would be right`);
  return LOOKS.slice(0, 2).map((l) => ({ ...l, size, viewport: { width, height } }));
}

export const fileOf = (scene: string, l: Look): string =>
  `${scene}-${l.size}-${l.theme}-${l.language === 'en' ? 'en' : 'zh'}.png`;
