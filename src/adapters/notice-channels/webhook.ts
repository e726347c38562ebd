import { createHmac } from 'node:crypto';
import { TRAITS } from '../../domain/notice/channel.ts';
import { fitted, markedTitle } from '../../domain/notice/text.ts';
import type { OutgoingMessage } from '../../flow/ports/notice-channel.ts';
import type { HttpKind } from './http-kind.ts';
import { accepted, objectIn, refused } from './outcome.ts';

/**
 * `t=<seconds>,v1=<hex HMAC-SHA256 of "t.body">`: whoever has the secret knows that the body is ours and from when; a copy
 * sent again later carries an old `t`.
 */
export const signatureOf = (secret: string, t: number, body: string): string =>
  `t=${t},v1=${createHmac('sha256', secret).update(`${t}.${body}`).digest('hex')}`;

/** JSON to a program of the house. 2xx is accepted, unless its body says `{"accepted": false}`. */
export const webhook: HttpKind<'webhook'> = (settings, secrets, tools) => ({
  ask: (message) => {
    const body = JSON.stringify(bodyOf(message));
    return {
      method: 'POST',
      url: new URL(settings.url),
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'x-lifeline-signature': signatureOf(secrets.secret ?? '', Math.floor(tools.wall() / 1_000), body),
      },
      body,
    };
  },
  read: (answer) => {
    const json = objectIn(answer);
    const said = typeof json?.message === 'string' ? json.message : `HTTP ${answer.status}`;
    if (json?.accepted === false) return refused(said);
    return json?.delivered === true ? { is: 'delivered', said } : accepted(said);
  },
});

const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

function bodyOf({ id, about, text, facts, to }: OutgoingMessage) {
  return {
    id,
    about,
    title: markedTitle(text),
    text: fitted(text, TRAITS.webhook.bytes),
    link: text.link,
    marks: text.marks,
    to: to?.name ?? null,
    alarms: facts.map((f) => ({ ...f, startsAt: iso(f.startsAt), endsAt: iso(f.endsAt) })),
  };
}
