import { createHmac } from 'node:crypto';
import { TRAITS } from '../../domain/notice/channel.ts';
import type { SendOutcome } from '../../domain/notice/notice.ts';
import { fitted } from '../../domain/notice/text.ts';
import { minutes, seconds } from '../../domain/time.ts';
import type { OutAnswer } from '../shared/out-door.ts';
import type { HttpKind } from './http-kind.ts';
import { accepted, failed, NO_SUCH_ANSWER, objectIn, refused } from './outcome.ts';

/** docs/plan/response.md G.1: the string is signed with the secret. */
export const dingtalkSign = (secret: string, timestampMs: number): string =>
  createHmac('sha256', secret).update(`${timestampMs}\n${secret}`).digest('base64');

/** docs/plan/response.md G.1: the string is the key, and signs nothing. */
export const feishuSign = (secret: string, timestampS: number): string =>
  createHmac('sha256', `${timestampS}\n${secret}`).update('').digest('base64');

const JSON_HEADERS = { 'content-type': 'application/json; charset=utf-8' };

const post = (url: URL, body: object) =>
  ({ method: 'POST', url, headers: JSON_HEADERS, body: JSON.stringify(body) }) as const;

/** 钉钉 */
export const dingtalk: HttpKind<'dingtalk'> = (settings, secrets, tools) => ({
  ask: ({ text, to }) => {
    const url = new URL(settings.url);
    url.searchParams.set('access_token', secrets.token ?? '');
    if (secrets.secret !== undefined) {
      const timestamp = tools.wall();
      url.searchParams.set('timestamp', String(timestamp));
      url.searchParams.set('sign', dingtalkSign(secrets.secret, timestamp));
    }
    const handle = to?.handles.dingtalk;
    const mobile = handle === undefined ? (to?.mobile ?? undefined) : undefined;
    // Whoever is mentioned must stand in the text as well, or nothing rings for them.
    const mention = handle ?? mobile;
    const tail = mention === undefined ? '' : `\n@${mention}`;
    return post(url, {
      msgtype: 'text',
      text: { content: fitted(text, TRAITS.dingtalk.bytes) + tail },
      at: {
        atMobiles: mobile === undefined ? [] : [mobile],
        atUserIds: handle === undefined ? [] : [handle],
        isAtAll: false,
      },
    });
  },
  read: (answer) => {
    const now = tools.clock.now();
    return byCode(answer, 'errcode', 'errmsg', {
      0: accepted,
      // Sign, keyword or address: the next try is as wrong.
      310000: refused,
      300001: refused,
      460101: refused,
      101002: refused,
      // Faster than 20 a minute: it says nothing for ten minutes.
      130101: (said) => failed(said, now + minutes(10)),
    });
  },
});

/** 企业微信 */
export const wecom: HttpKind<'wecom'> = (settings, secrets, tools) => ({
  ask: ({ text, to }) => {
    const url = new URL(settings.url);
    url.searchParams.set('key', secrets.token ?? '');
    const handle = to?.handles.wecom;
    return post(url, {
      msgtype: 'text',
      text: {
        content: fitted(text, TRAITS.wecom.bytes),
        ...(handle === undefined ? {} : { mentioned_list: [handle] }),
        ...(handle === undefined && to?.mobile != null ? { mentioned_mobile_list: [to.mobile] } : {}),
      },
    });
  },
  read: (answer) => {
    const now = tools.clock.now();
    return byCode(answer, 'errcode', 'errmsg', {
      0: accepted,
      93000: refused,
      45009: (said) => failed(said, now + minutes(1)),
      45033: (said) => failed(said, now + seconds(30)),
    });
  },
});

/** 飞书 */
export const feishu: HttpKind<'feishu'> = (settings, secrets, tools) => ({
  ask: ({ text, to }) => {
    const url = new URL(`${settings.url.replace(/\/+$/, '')}/${encodeURIComponent(secrets.token ?? '')}`);
    const timestamp = Math.floor(tools.wall() / 1_000);
    const handle = to?.handles.feishu;
    const mention = handle === undefined ? '' : `\n<at user_id="${handle.replaceAll(/["<>&]/g, '')}"></at>`;
    return post(url, {
      ...(secrets.secret === undefined
        ? {}
        : { timestamp: String(timestamp), sign: feishuSign(secrets.secret, timestamp) }),
      msg_type: 'text',
      content: { text: fitted(text, TRAITS.feishu.bytes) + mention },
    });
  },
  read: (answer) => {
    const now = tools.clock.now();
    return byCode(answer, 'code', 'msg', {
      0: accepted,
      19001: refused,
      19021: refused,
      19022: refused,
      19024: refused,
      // A bad request or too many of them: it does not say which, and with status 200.
      9499: (said) => failed(said, now + seconds(30)),
      11232: (said) => failed(said, now + seconds(10)),
    });
  },
});

/** By the code in the body: a robot answers 200 whatever it did. A code that nobody knows may do next time. */
function byCode(
  answer: OutAnswer,
  code: string,
  message: string,
  known: Readonly<Record<number, (said: string) => SendOutcome>>,
): SendOutcome {
  const json = objectIn(answer);
  const given = json?.[code];
  if (typeof given !== 'number') return failed(NO_SUCH_ANSWER);
  const said = `${given} ${typeof json?.[message] === 'string' ? json[message] : ''}`;
  return (known[given] ?? failed)(said);
}
