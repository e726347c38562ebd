import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a receiver was asked, whole. */
export type Asked = {
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
};
type Answered = {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Milliseconds until it answers; left out: at once. */
  readonly after?: number;
};

/** A receiver on loopback that remembers what it was asked. */
export class Receiver {
  readonly asked: Asked[] = [];
  readonly #server: Server;
  #answer: (asked: Asked) => Answered | 'hang';

  private constructor(answer: (asked: Asked) => Answered | 'hang') {
    this.#answer = answer;
    this.#server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const asked = {
          url: new URL(request.url ?? '/', 'http://receiver'),
          headers: request.headers,
          body: Buffer.concat(parts).toString('utf8'),
        };
        this.asked.push(asked);
        const said = this.#answer(asked);
        if (said === 'hang') return;
        const { status = 200, headers = {}, body = '', after } = said;
        const answer = () => {
          response.writeHead(status, headers);
          response.end(typeof body === 'string' ? body : JSON.stringify(body));
        };
        if (after === undefined) answer();
        else setTimeout(answer, after);
      });
    });
  }

  static async start(answer: (asked: Asked) => Answered | 'hang'): Promise<Receiver> {
    const made = new Receiver(answer);
    await new Promise<void>((resolve) => made.#server.listen(0, '127.0.0.1', resolve));
    return made;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  answers(answer: (asked: Asked) => Answered | 'hang'): void {
    this.#answer = answer;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    if (this.#server.listening) await new Promise((resolve) => this.#server.close(resolve));
  }
}

const jsonOf = (asked: Asked): Record<string, unknown> | null => {
  try {
    return JSON.parse(asked.body) as Record<string, unknown>;
  } catch {
    return null;
  }
};
const bytes = (text: unknown): number => Buffer.byteLength(String(text));
const HOUR = 3_600_000;

/** What receivers check, as they document it (docs/plan/response.md G.1, G.2); written from there, and not from our own side. */
export type Checks = { readonly token: string; readonly secret: string; readonly now: () => number };

/** 20 a minute; then nothing for ten. */
function paced(now: () => number): () => boolean {
  const at: number[] = [];
  let silentUntil = 0;
  return () => {
    if (now() < silentUntil) return false;
    at.push(now());
    if (at.filter((t) => t > now() - 60_000).length <= 20) return true;
    silentUntil = now() + 600_000;
    return false;
  };
}

export function dingtalkRobot({ token, secret, now }: Checks): (asked: Asked) => Answered {
  const mayGo = paced(now);
  const no = (errcode: number, errmsg: string) => ({ body: { errcode, errmsg } });
  return (asked) => {
    const { searchParams: q } = asked.url;
    const timestamp = Number(q.get('timestamp'));
    const sign = createHmac('sha256', secret)
      .update(`${q.get('timestamp')}\n${secret}`)
      .digest('base64');
    if (q.get('access_token') !== token) return no(300001, 'token is not exist');
    if (Math.abs(timestamp - now()) > HOUR || q.get('sign') !== sign)
      return no(310000, `sign not match: ${q.get('sign')}`);
    if (!mayGo()) return no(130101, 'send too fast, exceed 20 times per minute');
    const json = jsonOf(asked);
    if (bytes(asked.body) > 20_000) return no(460101, 'message too long');
    if (json?.msgtype !== 'text') return no(400102, 'unknown message type');
    return { body: { errcode: 0, errmsg: 'ok' } };
  };
}

export function wecomRobot({ token, now }: Checks): (asked: Asked) => Answered {
  const mayGo = paced(now);
  return (asked) => {
    if (asked.url.searchParams.get('key') !== token)
      return { body: { errcode: 93000, errmsg: `invalid webhook url, hint: ${asked.url.search}` } };
    if (!mayGo()) return { body: { errcode: 45009, errmsg: 'api freq out of limit' } };
    const text = jsonOf(asked)?.text as { content?: string } | undefined;
    if (bytes(text?.content) > 2_048)
      return { body: { errcode: 40058, errmsg: 'content exceed max length' } };
    return { body: { errcode: 0, errmsg: 'ok' } };
  };
}

export function feishuBot({ token, secret, now }: Checks): (asked: Asked) => Answered {
  const at: number[] = [];
  const no = (code: number, msg: string) => ({ body: { code, msg, data: {} } });
  return (asked) => {
    if (!asked.url.pathname.endsWith(`/${token}`))
      return no(19001, 'param invalid: incoming webhook access token invalid');
    const json = jsonOf(asked);
    const sign = createHmac('sha256', `${json?.timestamp}\n${secret}`).digest('base64');
    if (Math.abs(Number(json?.timestamp) * 1_000 - now()) > HOUR || json?.sign !== sign)
      return no(19021, 'sign match fail or timestamp is not within one hour from current time');
    at.push(now());
    if (at.filter((t) => t > now() - 60_000).length > 100) return no(9499, 'too many request');
    if (bytes(asked.body) > 20 * 1_024 || json?.msg_type !== 'text') return no(9499, 'Bad Request');
    return { body: { StatusCode: 0, StatusMessage: 'success', code: 0, data: {}, msg: 'success' } };
  };
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

const partsOf = (authorization: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    authorization
      .slice(authorization.indexOf(' ') + 1)
      .split(/,\s*/)
      .map((p) => [p.slice(0, p.indexOf('=')), p.slice(p.indexOf('=') + 1)]),
  );

const signedLines = (asked: Asked, names: string): string =>
  names
    .split(';')
    .map((n) => `${n}:${String(asked.headers[n] ?? '').trim()}\n`)
    .join('');

export function aliyunSms({ secret, now }: Checks): (asked: Asked) => Answered {
  const used = new Set<string>();
  const ofNumber = new Map<string, number>();
  const no = (status: number, Code: string) => ({ status, body: { Code, Message: Code, RequestId: 'r' } });
  return (asked) => {
    const h = asked.headers;
    const auth = partsOf(String(h.authorization));
    const names = auth.SignedHeaders ?? '';
    const all = Object.keys(h).filter((n) => n.startsWith('x-acs-'));
    if (!['host', ...all].every((n) => names.split(';').includes(n))) return no(400, 'MissingSignedHeader');
    if (h['x-acs-content-sha256'] !== sha256(asked.body)) return no(400, 'InvalidContentSha256');
    const query = asked.url.search.slice(1).split('&').sort().join('&');
    const canonical = ['POST', '/', query, signedLines(asked, names), names, sha256(asked.body)].join('\n');
    const expected = hmac(secret, `ACS3-HMAC-SHA256\n${sha256(canonical)}`).toString('hex');
    if (auth.Signature !== expected) return no(400, 'SignatureDoesNotMatch');
    if (Math.abs(Date.parse(String(h['x-acs-date'])) - now()) > 15 * 60_000)
      return no(400, 'InvalidTimeStamp.Expired');
    const nonce = String(h['x-acs-signature-nonce']);
    if (used.has(nonce)) return no(400, 'SignatureNonceUsed');
    used.add(nonce);
    const q = asked.url.searchParams;
    if (h['x-acs-action'] !== 'SendSms' || h['x-acs-version'] !== '2017-05-25')
      return no(404, 'InvalidAction.NotFound');
    const variables = Object.values(JSON.parse(q.get('TemplateParam') ?? 'null') as Record<string, string>);
    if (variables.some((v) => [...v].length > 35)) return no(200, 'isv.PARAM_LENGTH_LIMIT');
    const number = q.get('PhoneNumbers') ?? '';
    const n = (ofNumber.get(number) ?? 0) + 1;
    ofNumber.set(number, n);
    if (n > 50) return no(200, 'isv.BUSINESS_LIMIT_CONTROL');
    return { body: { Code: 'OK', Message: 'OK', BizId: 'b1', RequestId: 'r' } };
  };
}

export function tencentSms({ secret, now }: Checks): (asked: Asked) => Answered {
  const last = new Map<string, number>();
  const error = (Code: string) => ({
    body: { Response: { Error: { Code, Message: Code }, RequestId: 'r' } },
  });
  return (asked) => {
    const h = asked.headers;
    const auth = partsOf(String(h.authorization));
    const [, date = '', service = ''] = (auth.Credential ?? '').split('/');
    const names = auth.SignedHeaders ?? '';
    const stamp = Number(h['x-tc-timestamp']);
    // Values of signed headers count in small letters.
    const lines = signedLines(asked, names).toLowerCase();
    const canonical = ['POST', '/', '', lines, names, sha256(asked.body)].join('\n');
    const toSign = `TC3-HMAC-SHA256\n${stamp}\n${date}/${service}/tc3_request\n${sha256(canonical)}`;
    const key = hmac(hmac(hmac(`TC3${secret}`, date), service), 'tc3_request');
    if (auth.Signature !== hmac(key, toSign).toString('hex')) return error('AuthFailure.SignatureFailure');
    if (Math.abs(stamp * 1_000 - now()) > 5 * 60_000) return error('AuthFailure.SignatureExpire');
    if (h['x-tc-action'] !== 'SendSms' || h['x-tc-version'] !== '2021-01-11') return error('InvalidAction');
    const json = jsonOf(asked) as { PhoneNumberSet?: string[]; TemplateParamSet?: string[] } | null;
    const [number = ''] = json?.PhoneNumberSet ?? [];
    if (!/^\+\d{5,15}$/.test(number)) return error('InvalidParameterValue.IncorrectPhoneNumber');
    const status = (Code: string) => ({
      body: { Response: { SendStatusSet: [{ Code, Message: Code, PhoneNumber: number }], RequestId: 'r' } },
    });
    const before = last.get(number + asked.body);
    last.set(number + asked.body, now());
    if (before !== undefined && now() - before < 30_000)
      return status('LimitExceeded.PhoneNumberThirtySecondLimit');
    return status('Ok');
  };
}

/** A program of the house that takes our webhook, and nothing that is older than five minutes. */
export function signedWebhook({ secret, now }: Checks): (asked: Asked) => Answered {
  return (asked) => {
    const [, t, v1] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(asked.headers['x-lifeline-signature'])) ?? [];
    const expected = createHmac('sha256', secret).update(`${t}.${asked.body}`).digest('hex');
    if (v1 !== expected) return { status: 401, body: { message: `no, ${v1} is not ours` } };
    if (Math.abs(Number(t) * 1_000 - now()) > 300_000) return { status: 401, body: { message: 'too old' } };
    return { status: 202, body: { accepted: true } };
  };
}

/** Some SMS gateway, that says OK in its text. */
export function smsGateway({ secret }: Checks): (asked: Asked) => Answered {
  return (asked) => {
    const form = new URLSearchParams(asked.body);
    if (form.get('key') !== secret) return { body: `ERR bad key ${form.get('key')}` };
    return bytes(form.get('msg')) > 2_000 ? { body: 'ERR too long' } : { body: 'OK 17' };
  };
}
