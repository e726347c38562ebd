import { maySeeArea } from '../../domain/account/scope.ts';
import type { AdmittedClient, ForeignTopics } from '../../flow/ports/broker.ts';
import {
  ALARMS_ROOT,
  isForeignTopic,
  ORDERS_ROOT,
  OURS,
  TOPIC_ROOT,
  WARNINGS_ROOT,
} from '../../wire/mqtt/topics.ts';
import type { Limits } from './limits.ts';

/**
 * Who a client is to others: a session and a client id belong to one of these, and nobody else may take
 * them over. All anonymous clients are one: they are for trying out, on this machine.
 */
export function identity(who: AdmittedClient): string {
  if (who.as === 'device') return `device ${who.device}`;
  return who.as === 'system' && who.name !== undefined ? `system ${who.name}` : who.as;
}

/** What a client id is or begins with, for whom it is bound. */
export function boundName(who: AdmittedClient): string | null {
  if (who.as === 'device') return who.device;
  return who.as === 'system' && who.name !== undefined ? `system:${who.name}` : null;
}

/** A client id is the user name, or the user name, a colon and a suffix, or left to us. */
export function mayUseClientId(who: AdmittedClient, clientId: string): boolean {
  const name = boundName(who);
  if (name === null || clientId === '') return true;
  return clientId === name || clientId.startsWith(`${name}:`);
}

/** Under which client id it is known here, where it may call itself anything: nobody else's can be the same. */
export function ownClientId(who: AdmittedClient, clientId: string): string {
  return mayUseClientId(who, clientId) ? clientId : `${boundName(who)}:${clientId}`;
}

// U+FFFD is what is left of broken UTF-8 by the time aedes shows a topic.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const UNFIT = /[\u0000-\u001f\u007f-\u009f\ufffd]/;

const ROOT = `${TOPIC_ROOT}/`;
/** Topics that end in level and area. */
const OF_AREAS = [ALARMS_ROOT, WARNINGS_ROOT];
const FILTER = /[+#]/;
/** Levels of `lifeline/v1/{lifeline}/{device}/{kind}`. */
const LEVELS = 5;

/**
 * Why a client may not publish on a topic at all, `null` when it may. This is about whose topic it is; a
 * topic of its own that makes no sense is the flow's to set aside with a reason. Asked for every packet whose
 * topic is another than the last one's, so that a rightful answer makes no garbage.
 */
export function publishingForbidden(
  who: AdmittedClient,
  topic: string,
  limits: Limits,
  foreign?: ForeignTopics['forbidden'],
): string | null {
  if (topic.length > limits.topicChars) return `its topic has ${topic.length} characters`;
  if (UNFIT.test(topic)) return 'its topic contains control characters or broken UTF-8';
  if (FILTER.test(topic) || isDeeper(topic, limits.topicLevels + LEVELS))
    return 'its topic is a filter or too deep';
  if (foreign !== undefined && isForeignTopic(topic)) return foreign(who, topic);
  const device = topic.startsWith(ROOT) ? topic.indexOf('/', ROOT.length) + 1 : 0;
  const kind = device > 0 ? topic.indexOf('/', device) + 1 : 0;
  if (kind === 0) return `${JSON.stringify(topic)} is not below lifeline/v1/{lifeline}/{device}/`;
  if (topic.startsWith('down', kind) && (topic.length === kind + 4 || topic[kind + 4] === '/'))
    return 'commands come from the platform only';
  for (const ours of OURS)
    if (topic.startsWith(`${ours}/`, ROOT.length)) return `${ours} come from the platform only`;
  switch (who.as) {
    case 'device':
      return kind - 1 - device === who.device.length && topic.startsWith(who.device, device)
        ? null
        : `${JSON.stringify(topic)} is not below its own code ${who.device}`;
    case 'anonymous':
      return null;
    case 'system':
      return 'it may read alarms, and publish nothing';
  }
}

function isDeeper(topic: string, levels: number): boolean {
  let found = 1;
  for (let at = topic.indexOf('/'); at >= 0; at = topic.indexOf('/', at + 1))
    if (++found > levels) return true;
  return false;
}

/**
 * May this client hear what matches this filter? A system that is bound to areas may leave the area open, and then
 * hears its own; by name it may ask for its own alone.
 */
export function maySubscribe(
  who: AdmittedClient,
  filter: string,
  limits: Limits,
  parentOf: (area: string) => string | null,
): boolean {
  if (filter.length > limits.topicChars || UNFIT.test(filter)) return false;
  switch (who.as) {
    case 'device': {
      const [root, version, , device, kind, ...rest] = filter.split('/');
      return (
        `${root}/${version}` === TOPIC_ROOT && device === who.device && kind === 'down' && rest.length > 0
      );
    }
    case 'anonymous':
      return filter.startsWith(`${TOPIC_ROOT}/`);
    case 'system': {
      // An order's topic names its unit and not its area: whoever is bound to areas hears none.
      if (filter.startsWith(`${ORDERS_ROOT}/`)) return who.areas == null;
      if (!OF_AREAS.some((root) => filter.startsWith(`${root}/`))) return false;
      const area = filter.split('/')[4];
      return who.areas == null || area === undefined || FILTER.test(area)
        ? true
        : maySeeArea(who.areas, area, parentOf);
    }
  }
}

/**
 * May it hear this message? A system that is bound to areas may subscribe to all alarms, and hears those of its
 * areas. Everybody else hears what they could subscribe to.
 */
export function mayReceive(
  who: AdmittedClient,
  topic: string,
  parentOf: (area: string) => string | null,
): boolean {
  if (who.as !== 'system' || who.areas == null) return true;
  if (!OF_AREAS.some((root) => topic.startsWith(`${root}/`))) return true;
  return maySeeArea(who.areas, topic.slice(topic.lastIndexOf('/') + 1), parentOf);
}
