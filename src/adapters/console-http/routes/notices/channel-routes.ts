import { as, type ChannelId } from '../../../../domain/ids.ts';
import {
  type ChannelSecrets,
  type ChannelSettings,
  type ChannelSetup,
  secretsLacking,
  TRAITS,
} from '../../../../domain/notice/channel.ts';
import { hasGone } from '../../../../domain/notice/notice.ts';
import type { Millis } from '../../../../domain/time.ts';
import { iso } from '../../../../wire/alarm.ts';
import type { Language } from '../../../../wire/http/head/language.ts';
import { explain, WITH_INPUT } from '../../../../wire/http/issues.ts';
import { settingsIn } from '../../../../wire/http/notices/channels.ts';
import type { Handlers } from '../../answer/handler.ts';
import { HttpProblem } from '../../answer/problem.ts';
import type { Services } from '../../answer/services.ts';
import { newId } from '../new-id.ts';
import { granted } from './granted.ts';

type Names = 'channels' | 'createChannel' | 'changeChannel' | 'dropChannel' | 'testChannel';

export function channelRoutes({ notices, clock }: Services): Pick<Handlers, Names> {
  const { view } = notices;
  // A test is owed to nobody and stands in no journal: how it went is known until the service starts anew.
  const tests = new Map<ChannelId, { at: Millis; answer: string; ok: boolean }>();
  const channelJson = (c: ChannelSetup) => {
    const theirs = view.notices().filter((n) => n.channel === c.id);
    const last = theirs
      .flatMap((n) => n.tries.map((t, i) => ({ ...t, ok: hasGone(n) && i === n.tries.length - 1 })))
      .concat(tests.get(c.id) ?? [])
      .sort((a, b) => b.at - a.at)[0];
    const secrets = [...view.secretsSet(c.id)];
    const { settings, ...rest } = c;
    return {
      ...rest,
      kind: settings.kind,
      config: settings,
      secrets,
      lacks: [...secretsLacking(c, secrets)],
      waiting: theirs.filter((n) => n.state === 'queued' || n.state === 'failed').length,
      lastTry: last === undefined ? null : { at: iso(last.at), said: last.answer, ok: last.ok },
    };
  };

  return {
    channels: () => ({ items: view.channels().map(channelJson), next: null }),
    createChannel: async ({ body, became, language }) => {
      const { id = newId(body.kind), kind, name, enabled, perMinute = TRAITS[kind].perMinute } = body;
      const { config, secrets } = taken(
        settingsOf({ ...body.config, kind }, language),
        given({ ...secretsIn(body.config), ...body.secrets }),
      );
      const setup = { id: as.channel(id), name, enabled, perMinute, settings: config };
      became({ ...setup, secrets: Object.keys(secrets) });
      return channelJson(granted(await notices.keepChannel(setup, secrets, 'create')));
    },
    changeChannel: async ({ params, body, was, became, language }) => {
      const before = view.channel(as.channel(params.id));
      if (before === undefined) throw new HttpProblem('not-found');
      const wish = body.config ?? {};
      const stays = (wish.kind ?? before.settings.kind) === before.settings.kind ? before.settings : {};
      const { config, secrets } = taken(
        settingsOf({ ...stays, ...wish }, language),
        given({ ...secretsIn(wish), ...body.secrets }),
      );
      const { name = before.name, enabled = before.enabled, perMinute = before.perMinute } = body;
      const setup = { id: before.id, name, enabled, perMinute, settings: config };
      was(before);
      became({ ...setup, secrets: Object.keys(secrets) });
      return channelJson(granted(await notices.keepChannel(setup, secrets, 'change')));
    },
    dropChannel: async ({ params, was }) => {
      was(granted(await notices.dropChannel(as.channel(params.id))));
      tests.delete(as.channel(params.id));
      return undefined;
    },
    testChannel: async ({ params, body, became }) => {
      const contact = body.contact === undefined ? null : as.contact(body.contact);
      const { is, said } = granted(await notices.test(as.channel(params.id), contact));
      const at = clock.now();
      tests.set(as.channel(params.id), { at, answer: said, ok: is === 'accepted' || is === 'delivered' });
      became({ outcome: is, said, at: iso(at) });
      return { outcome: is, said };
    },
  };
}

type Typed = { readonly token?: string | undefined; readonly secret?: string | undefined };

const secretsIn = ({ token, secret }: Typed): Typed => ({
  ...(token === undefined ? {} : { token }),
  ...(secret === undefined ? {} : { secret }),
});

/** Its settings, of what was said together with its secrets. */
function settingsOf(
  { token: _, secret: __, ...said }: Record<string, unknown>,
  language: Language,
): ChannelSettings {
  const found = settingsIn.safeParse(said, WITH_INPUT);
  if (found.success) return found.data;
  const issues = found.error.issues.map((i) => ({ ...i, path: ['config', ...i.path] }));
  throw new HttpProblem('invalid', { errors: explain(issues, 'body', language) });
}

const given = (secrets: { token?: string | undefined; secret?: string | undefined } = {}): ChannelSecrets =>
  Object.fromEntries(Object.entries(secrets).filter(([, v]) => v !== undefined));

/** A robot's address is pasted as the provider shows it, with its token: which goes where secrets are. */
function taken(config: ChannelSettings, secrets: ChannelSecrets) {
  if (config.kind !== 'dingtalk' && config.kind !== 'wecom' && config.kind !== 'feishu')
    return { config, secrets };
  const url = new URL(config.url);
  const name = config.kind === 'dingtalk' ? 'access_token' : 'key';
  const [, hook, inPath] = /^(.*\/bot\/v2\/hook)\/([^/]+)\/?$/.exec(url.pathname) ?? [];
  const token = config.kind === 'feishu' ? inPath : (url.searchParams.get(name) ?? undefined);
  if (config.kind === 'feishu' && hook !== undefined) url.pathname = hook;
  url.search = '';
  return {
    config: { ...config, url: url.href },
    secrets: token === undefined ? secrets : { token, ...secrets },
  };
}
