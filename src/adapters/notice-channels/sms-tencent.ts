import { createHash, createHmac } from 'node:crypto';
import { cutSigns, markedTitle } from '../../domain/notice/text.ts';
import { seconds } from '../../domain/time.ts';
import type { HttpKind } from './http-kind.ts';
import { accepted, failed, NO_SUCH_ANSWER, objectIn, refused } from './outcome.ts';

/** A variable of a template is as short as its text lets it be; ours are, and may be cut. */
const VARIABLE_SIGNS = 35;

/** 腾讯云短信, `SendSms` of 2021-01-11, signed with TC3 (docs/plan/response.md G.2). Template variables: title, place, name. */
export const smsTencent: HttpKind<'sms-tencent'> = (settings, secrets, tools) => ({
  ask: ({ id, text, to }) => {
    if (to?.mobile == null) return 'nobody to call';
    const [place = ''] = text.lines;
    const url = new URL(settings.url);
    const body = JSON.stringify({
      PhoneNumberSet: [e164(to.mobile)],
      SmsSdkAppId: settings.sdkAppId,
      SignName: settings.signName,
      TemplateId: settings.templateId,
      TemplateParamSet: [markedTitle(text), place, to.name].map((v) => cutSigns(v, VARIABLE_SIGNS)),
      SessionContext: id,
    });
    const timestamp = Math.floor(tools.wall() / 1_000);
    const signed = tc3({
      service: 'sms',
      host: url.host,
      action: 'SendSms',
      timestamp,
      body,
      secretId: settings.secretId,
      secret: secrets.secret ?? '',
    });
    return {
      method: 'POST',
      url,
      headers: { ...signed, 'x-tc-version': '2021-01-11', 'x-tc-region': settings.region },
      body,
    };
  },
  read: (answer) => {
    const now = tools.clock.now();
    const response = objectIn(answer)?.Response as
      | { Error?: { Code?: string; Message?: string }; SendStatusSet?: { Code?: string; Message?: string }[] }
      | undefined;
    const status = response?.Error ?? response?.SendStatusSet?.[0];
    if (typeof status?.Code !== 'string') return failed(NO_SUCH_ANSWER);
    const said = `${status.Code} ${status.Message ?? ''}`;
    if (status.Code === 'Ok') return accepted(said);
    if (/ThirtySecondLimit$/.test(status.Code)) return failed(said, now + seconds(30));
    return /^(RequestLimitExceeded|InternalError|ResourceUnavailable)/.test(status.Code)
      ? failed(said)
      : refused(said);
  },
});

/** As written in the country, or already with the country's number before it. */
const e164 = (mobile: string): string => (mobile.startsWith('+') ? mobile : `+86${mobile}`);

export type Tc3Request = {
  readonly service: string;
  readonly host: string;
  readonly action: string;
  /** Seconds. */
  readonly timestamp: number;
  readonly body: string;
  readonly secretId: string;
  readonly secret: string;
};

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** Headers of a request that is signed by TC3-HMAC-SHA256. */
export function tc3(r: Tc3Request): Record<string, string> {
  const type = 'application/json; charset=utf-8';
  const signedHeaders = 'content-type;host;x-tc-action';
  const lines = `content-type:${type}\nhost:${r.host}\nx-tc-action:${r.action.toLowerCase()}\n`;
  const canonical = ['POST', '/', '', lines, signedHeaders, sha256(r.body)].join('\n');
  const date = new Date(r.timestamp * 1_000).toISOString().slice(0, 10);
  const scope = `${date}/${r.service}/tc3_request`;
  const toSign = `TC3-HMAC-SHA256\n${r.timestamp}\n${scope}\n${sha256(canonical)}`;
  const key = hmac(hmac(hmac(`TC3${r.secret}`, date), r.service), 'tc3_request');
  const signature = createHmac('sha256', key).update(toSign).digest('hex');
  return {
    'content-type': type,
    host: r.host,
    'x-tc-action': r.action,
    'x-tc-timestamp': String(r.timestamp),
    authorization: `TC3-HMAC-SHA256 Credential=${r.secretId}/${scope}, SignedHeaders=${signedHeaders}, Signature=${signature}`,
  };
}
