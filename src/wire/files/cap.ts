import type { Level } from '../../domain/level.ts';
import type { Warning, WarningMessage } from '../../domain/warning/warning.ts';

/** What of our own house a message says. */
export type CapIssuer = {
  /** 14 digits: region 6, sector 3, unit 3, extension 2 (GB/T 35965.1). */
  readonly sender: string;
  readonly senderName: string;
};

/** `ZZZZZZDDDUUUXX_YYYYMMDDhhmmss_N` (GB/T 35965.1): sender, Beijing time, and a digit for several of one second. */
export const capIdentifier = (sender: string, at: number, n: number): string =>
  `${sender}_${beijing(at).slice(0, 19).replaceAll(/[-T:]/g, '')}_${n}`;

/** The instant and the digit of an identifier; `null` where it is none. */
export function capStampOf(identifier: string): { readonly at: number; readonly n: number } | null {
  const [, y, mo, d, h, mi, s, n] = /_(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)_(\d)$/.exec(identifier) ?? [];
  const at = Date.parse(`${y}-${mo}-${d}T${h}:${mi}:${s}+08:00`);
  return Number.isNaN(at) ? null : { at, n: Number(n) };
}

const SEVERITY: Readonly<Record<Level, string>> = { 1: 'Extreme', 2: 'Severe', 3: 'Moderate', 4: 'Minor' };
const COLOUR: Readonly<Record<Level, readonly [code: string, zh: string]>> = {
  1: ['RED', '红色'],
  2: ['ORANGE', '橙色'],
  3: ['YELLOW', '黄色'],
  4: ['BLUE', '蓝色'],
};
const STATUS = { actual: 'Actual', exercise: 'Exercise', test: 'Test' } as const;
const MARK = { actual: '', exercise: '【演练】', test: '【测试】' } as const;

/** Tags around what is already XML; what is empty is left out by whoever writes it. */
const tag = (name: string, text: string): string => `<${name}>${xml(text)}</${name}>`;

/** What XML 1.0 cannot hold: control characters, and halves of signs. */
const UNFIT =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is left out
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

const xml = (text: string): string =>
  text.replaceAll(UNFIT, '').replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Eight hours ahead of UTC all year. */
const beijing = (at: number): string => new Date(at + 8 * 3_600_000).toISOString();
/** CAP's pattern: no fractions, no `Z`. */
const capTime = (at: number): string => `${beijing(at).slice(0, 19)}+08:00`;

/** One line above everything: colour, kind, and what has become of it. */
export function headlineOf(w: Pick<Warning, 'status'>, m: WarningMessage): string {
  const [, colour] = COLOUR[m.content.level];
  const name = `${m.content.areaText}${m.content.kind}${colour}预警`;
  const tail = {
    issued: '',
    adjusted: m.from === null ? '（更新）' : `（由${COLOUR[m.from][1]}调整）`,
    lifted: '解除',
    cancelled: '撤销',
  }[m.because];
  return `${MARK[w.status]}${name}${tail}`;
}

/**
 * A message as CAP 1.2 in the order of its schema, which is fixed. Every message of a warning has its own identifier, and refers to those
 * before it.
 *
 * @param categories of its lifeline's pack, at least one
 */
export function capXml(
  w: Warning,
  m: WarningMessage,
  { sender, senderName, categories }: CapIssuer & { readonly categories: readonly string[] },
): string {
  const { content } = m;
  const ended = m.msgType === 'Cancel';
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">',
    tag('identifier', m.identifier),
    tag('sender', sender),
    tag('sent', capTime(m.sent)),
    tag('status', STATUS[w.status]),
    tag('msgType', m.msgType),
    tag('scope', 'Restricted'),
    tag('restriction', '仅限责任单位 responsible units only'),
    ...(m.note === null ? [] : [tag('note', m.note)]),
    ...(m.references.length === 0
      ? []
      : [
          tag(
            'references',
            m.references.map((r) => `${sender},${r.identifier},${capTime(r.sent)}`).join(' '),
          ),
        ]),
    ...(w.basis.incident === null ? [] : [tag('incidents', w.basis.incident)]),
    '<info>',
    tag('language', 'zh-CN'),
    ...categories.map((c) => tag('category', c)),
    tag('event', `${MARK[w.status]}${content.kind}`),
    tag('responseType', m.because === 'lifted' ? 'AllClear' : ended ? 'None' : 'Execute'),
    tag('urgency', ended ? 'Past' : content.level <= 2 ? 'Immediate' : 'Expected'),
    tag('severity', SEVERITY[content.level]),
    tag('certainty', 'Observed'),
    tag('effective', capTime(m.sent)),
    tag('expires', capTime(Math.max(content.expires, m.sent))),
    tag('senderName', senderName),
    tag('headline', headlineOf(w, m)),
    tag('description', `${MARK[w.status]}${content.text}`),
    tag('instruction', `${MARK[w.status]}${content.instruction}`),
    parameter('colour', COLOUR[content.level][0]),
    ...(m.documentNo === null ? [] : [parameter('documentNo', m.documentNo)]),
    '<area>',
    tag('areaDesc', content.areaText),
    ...content.areas.map((a) => `<geocode>${tag('valueName', 'GB/T 2260')}${tag('value', a)}</geocode>`),
    '</area>',
    '</info>',
    '</alert>',
    '',
  ];
  return lines.join('\n');
}

const parameter = (name: string, value: string): string =>
  `<parameter>${tag('valueName', name)}${tag('value', value)}</parameter>`;

/** Messages of warnings as an Atom feed (RFC 4287), newest first; each entry leads to its CAP file. */
export function capFeed(
  entries: readonly { readonly warning: Warning; readonly message: WarningMessage }[],
  issuer: CapIssuer,
  at: { readonly self: string; readonly now: number },
): string {
  const updated = new Date(entries[0]?.message.sent ?? at.now).toISOString();
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<feed xmlns="http://www.w3.org/2005/Atom">',
    tag('id', `urn:lifeline:warnings:${issuer.sender}`),
    tag('title', '城市生命线预警'),
    tag('updated', updated),
    `<author>${tag('name', issuer.senderName)}</author>`,
    `<link rel="self" href="${at.self}/api/v1/warnings/feed.atom"/>`,
    ...entries.map(({ warning, message }) => {
      const href = `${at.self}/api/v1/warnings/${warning.id}/messages/${message.identifier}.xml`;
      return [
        '<entry>',
        tag('id', `urn:oid:cap:${message.identifier}`),
        tag('title', headlineOf(warning, message)),
        tag('updated', new Date(message.sent).toISOString()),
        tag('summary', message.content.text),
        `<link rel="alternate" type="application/cap+xml" href="${href}"/>`,
        '</entry>',
      ].join('\n');
    }),
    '</feed>',
    '',
  ].join('\n');
}
