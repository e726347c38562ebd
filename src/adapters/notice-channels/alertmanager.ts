import { fitted, markedTitle } from '../../domain/notice/text.ts';
import { days } from '../../domain/time.ts';
import type { NoticeFacts, OutgoingMessage } from '../../flow/ports/notice-channel.ts';
import type { HttpKind } from './http-kind.ts';
import { accepted } from './outcome.ts';

/**
 * Alertmanager ends by itself what has no end after a few minutes. No news is no recovery: ours stands until we say that it is
 * over, and this long at most if we never do.
 */
const STANDS_FOR = days(30);
const SEVERITY = ['', 'critical', 'error', 'warning', 'info'];

/** `POST /api/v2/alerts`: firing and resolved ones, told apart by their end. An empty 200 is its yes. */
export const alertmanager: HttpKind<'alertmanager'> = (settings, secrets, tools) => ({
  ask: (message) => {
    const base = settings.url.replace(/\/+$/, '');
    const now = tools.wall();
    const alerts =
      message.facts.length === 0
        ? [byItself(message)]
        : message.facts.flatMap((f) => [alertOf(message, f), ...lessGrave(message, f, now)]);
    return {
      method: 'POST',
      url: new URL(base.endsWith('/api/v2/alerts') ? base : `${base}/api/v2/alerts`),
      headers: {
        'content-type': 'application/json',
        ...(secrets.token === undefined ? {} : { authorization: secrets.token }),
      },
      body: JSON.stringify(
        alerts.map(({ startsAt, endsAt, ...alert }) => ({
          ...alert,
          startsAt: new Date(startsAt ?? now).toISOString(),
          endsAt: new Date(endsAt ?? now + STANDS_FOR).toISOString(),
        })),
      ),
    };
  },
  read: (answer) => accepted(`HTTP ${answer.status}`),
});

type Alert = {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly generatorURL: string;
  readonly startsAt: number | null;
  readonly endsAt: number | null;
};

/** Labels make an alert the same one again: nothing that changes in its life stands in them, but for the level. */
const alertOf = (message: OutgoingMessage, f: NoticeFacts): Alert => ({
  labels: {
    alertname: f.rule,
    alarm: f.alarm,
    point: f.point,
    area: f.area,
    lifeline: f.lifeline,
    severity: SEVERITY[f.level] ?? '',
    ...(f.drill ? { drill: 'true' } : {}),
  },
  ...words(message, f.title),
  startsAt: f.startsAt,
  endsAt: f.endsAt,
});

/** What has risen is another alert there: the one of its former level is over. */
const lessGrave = (message: OutgoingMessage, f: NoticeFacts, now: number): readonly Alert[] =>
  message.about === 'raised' || message.about === 'digest'
    ? []
    : [1, 2, 3, 4]
        .filter((level) => level > f.level)
        .map((level) => ({ ...alertOf(message, { ...f, level }), endsAt: Math.max(now, f.startsAt + 1) }));

/** About no alarm (a test): one that is over in a minute. */
const byItself = (message: OutgoingMessage): Alert => ({
  labels: { alertname: `lifeline-${message.about}`, id: message.id },
  ...words(message),
  startsAt: null,
  endsAt: null,
});

const words = (
  { text }: OutgoingMessage,
  title = markedTitle(text),
): Pick<Alert, 'annotations' | 'generatorURL'> => ({
  annotations: { summary: title, description: fitted(text, 8_000) },
  generatorURL: text.link ?? '',
});
