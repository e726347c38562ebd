import type { Admission } from '../../flow/ports/broker.ts';
import { ALARMS_ROOT, TOPIC_ROOT } from '../../wire/topics.ts';
import type { Limits } from './limits.ts';

export type Admitted = Exclude<Admission, { readonly as: 'refused' }>;

/**
 * Who a client is to others: a session and a client id belong to one of these, and nobody else may take
 * them over. All anonymous clients are one: they are for trying out, on this machine.
 */
export function identity(who: Admitted): string {
  return who.as === 'device' ? `device ${who.device}` : who.as;
}

/** A device's client id is its code, or its code and a suffix, or left to us. */
export function mayUseClientId(who: Admitted, clientId: string): boolean {
  if (who.as !== 'device' || clientId === '') return true;
  return clientId === who.device || clientId.startsWith(`${who.device}:`);
}

// U+FFFD is what is left of broken UTF-8 by the time aedes shows a topic.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const UNFIT = /[\u0000-\u001f\u007f-\u009f\ufffd]/;

/**
 * Why a client may not publish on a topic at all, `null` when it may. This is about whose topic it is; a
 * topic of its own that makes no sense is the flow's to set aside with a reason.
 */
export function publishingForbidden(who: Admitted, topic: string, limits: Limits): string | null {
  if (topic.length > limits.topicChars) return `its topic has ${topic.length} characters`;
  if (UNFIT.test(topic)) return 'its topic contains control characters or broken UTF-8';
  const [root, version, lifeline, device, kind, ...rest] = topic.split('/');
  if (/[+#]/.test(topic) || rest.length > limits.topicLevels) return 'its topic is a filter or too deep';
  if (
    `${root}/${version}` !== TOPIC_ROOT ||
    lifeline === undefined ||
    device === undefined ||
    kind === undefined
  ) {
    return `${JSON.stringify(topic)} is not below lifeline/v1/{lifeline}/{device}/`;
  }
  if (kind === 'down') return 'commands come from the platform only';
  if (lifeline === 'alarms') return 'alarms come from the platform only';
  switch (who.as) {
    case 'device':
      return device === who.device
        ? null
        : `${JSON.stringify(topic)} is not below its own code ${who.device}`;
    case 'anonymous':
      return null;
    case 'system':
      return 'it may read alarms, and publish nothing';
  }
}

/** May this client hear what matches this filter? */
export function maySubscribe(who: Admitted, filter: string, limits: Limits): boolean {
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
    case 'system':
      return filter.startsWith(`${ALARMS_ROOT}/`);
  }
}
