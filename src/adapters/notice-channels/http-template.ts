import { TRAITS } from '../../domain/notice/channel.ts';
import { fitted, markedTitle } from '../../domain/notice/text.ts';
import type { HttpKind } from './http-kind.ts';
import { accepted, failed } from './outcome.ts';

const PLACE = /\{(mobile|email|name|title|text|id|secret)\}/g;

type Fill = (value: string) => string;

/** Any SMS or voice gateway that HTTP reaches: a request with places that are filled in, each as it must be written there. */
export const httpTemplate: HttpKind<'http'> = (settings, secrets) => ({
  ask: ({ id, text, to }) => {
    if (settings.needs !== 'nothing' && to?.[settings.needs] == null) return `nobody with ${settings.needs}`;
    const values: Readonly<Record<string, string>> = {
      mobile: to?.mobile ?? '',
      email: to?.email ?? '',
      name: to?.name ?? '',
      title: markedTitle(text),
      text: fitted(text, TRAITS.http.bytes),
      id,
      secret: secrets.secret ?? '',
    };
    const filled = (template: string, as: Fill) =>
      template.replaceAll(PLACE, (_, place: string) => as(values[place] ?? ''));
    const headers = Object.entries(settings.headers).map(([name, value]) => [
      name.toLowerCase(),
      filled(value, oneLine),
    ]);
    const type = new Map(headers as [string, string][]).get('content-type') ?? '';
    return {
      method: settings.method,
      url: new URL(filled(settings.url, encodeURIComponent)),
      headers: Object.fromEntries(headers),
      body: settings.method === 'GET' ? '' : filled(settings.body, writingOf(type)),
    };
  },
  read: (answer) => {
    if (settings.accepted === null || answer.body.includes(settings.accepted))
      return accepted(`HTTP ${answer.status} ${answer.body}`);
    return failed(`HTTP ${answer.status}, without “${settings.accepted}”: ${answer.body}`);
  },
});

const oneLine: Fill = (value) => value.replaceAll(/[\p{Cc}]+/gu, ' ').replaceAll(/[^\x20-\x7e]/g, '?');

/** How a value must be written in a body of this type, so that nothing in it can end its place. */
function writingOf(type: string): Fill {
  if (type.includes('json')) return (value) => JSON.stringify(value).slice(1, -1);
  if (type.includes('x-www-form-urlencoded')) return encodeURIComponent;
  if (type.includes('xml'))
    return (value) => value.replaceAll(/[<>&'"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  return (value) => value;
}
