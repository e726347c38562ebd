import { createHash, createHmac } from 'node:crypto';
import { cutSigns, markedTitle } from '../../domain/notice/text.ts';
import type { HttpKind } from './http-kind.ts';
import { accepted, failed, NO_SUCH_ANSWER, objectIn, refused } from './outcome.ts';

/** A variable of a template has 35 signs at most. */
const VARIABLE_SIGNS = 35;

/**
 * 阿里云短信, `SendSms` of 2017-05-25, signed with ACS3 (docs/plan/response.md G.2). A template is approved beforehand: ours has the
 * variables `title`, `place`, `name`.
 */
export const smsAliyun: HttpKind<'sms-aliyun'> = (settings, secrets, tools) => ({
  ask: ({ id, text, to }) => {
    if (to?.mobile == null) return 'nobody to call';
    const [place = ''] = text.lines;
    const url = new URL(settings.url);
    const query = {
      PhoneNumbers: to.mobile,
      SignName: settings.signName,
      TemplateCode: settings.templateCode,
      TemplateParam: JSON.stringify({
        title: cutSigns(markedTitle(text), VARIABLE_SIGNS),
        place: cutSigns(place, VARIABLE_SIGNS),
        name: cutSigns(to.name, VARIABLE_SIGNS),
      }),
      OutId: id,
    };
    const signed = acs3({
      method: 'POST',
      host: url.host,
      path: url.pathname,
      query,
      headers: {
        'x-acs-action': 'SendSms',
        'x-acs-version': '2017-05-25',
        'x-acs-date': new Date(tools.wall()).toISOString().replace(/\.\d+Z$/, 'Z'),
        'x-acs-signature-nonce': tools.nonce(),
      },
      body: '',
      accessKeyId: settings.accessKeyId,
      secret: secrets.secret ?? '',
    });
    url.search = signed.query;
    return { method: 'POST', url, headers: signed.headers, body: '' };
  },
  read: (answer) => {
    const json = objectIn(answer);
    if (typeof json?.Code !== 'string') return failed(NO_SUCH_ANSWER);
    const said = `${json.Code} ${typeof json.Message === 'string' ? json.Message : ''}`;
    if (json.Code === 'OK') return accepted(said);
    // A number's share of the day is used up, or something is set up wrongly: another channel must do it.
    return /^(Throttling|ServiceUnavailable|InternalError|isp\.SYSTEM_ERROR|isp\.GATEWAY)/.test(json.Code)
      ? failed(said)
      : refused(said);
  },
});

export type Acs3Request = {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly accessKeyId: string;
  readonly secret: string;
};

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** RFC 3986: what `encodeURIComponent` leaves, and four signs more. */
const strict = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

/** Headers and query of a request that is signed by ACS3-HMAC-SHA256. */
export function acs3(r: Acs3Request): { readonly headers: Record<string, string>; readonly query: string } {
  const query = Object.entries(r.query)
    .map(([k, v]) => [strict(k), strict(v)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([k, v]) => `${k}=${v}`)
    .join('&');
  const digest = sha256(r.body);
  const headers: Record<string, string> = { host: r.host, ...r.headers, 'x-acs-content-sha256': digest };
  const names = Object.keys(headers).sort();
  const signedHeaders = names.join(';');
  const lines = names.map((n) => `${n}:${(headers[n] ?? '').trim()}\n`).join('');
  const canonical = [r.method, r.path, query, lines, signedHeaders, digest].join('\n');
  const signature = createHmac('sha256', r.secret)
    .update(`ACS3-HMAC-SHA256\n${sha256(canonical)}`)
    .digest('hex');
  const authorization = `ACS3-HMAC-SHA256 Credential=${r.accessKeyId},SignedHeaders=${signedHeaders},Signature=${signature}`;
  return { headers: { ...headers, authorization }, query };
}
