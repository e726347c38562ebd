import type { Readiness } from '../../../../../src/wire/http/health.ts';
import type { Say } from '../../i18n/translate.ts';
import type { words } from './words.ts';

type Given = {
  readonly say: Say<keyof typeof words>;
  /** An instant as people read it. */
  readonly at: (iso: string) => string;
  readonly now: number;
};

type Fact = { readonly name: string; readonly text: string; readonly isBad: boolean };

/** What a person who asks for help may want to know of the service itself. */
export function serviceFacts(
  { epoch, pair, troubles, startedAt }: Readiness,
  { say, at, now }: Given,
): readonly Fact[] {
  const facts: Fact[] = [];
  const add = (name: string, text: string, isBad = false) => facts.push({ name, text, isBad });
  if (pair === null || epoch === null) add(say('service.machine'), say('service.alone'));
  else {
    add(say('service.active'), say('service.epoch', { name: pair.name, n: epoch }));
    const [standby] = pair.standbys;
    if (standby === undefined) add(say('service.standby'), say('service.noStandby'), true);
    else {
      const s = Math.max(0, Math.round((now - Date.parse(standby.seenAt)) / 1_000));
      add(say('service.standby'), say('service.seen', { name: standby.name, s }));
    }
    const { lastSwitch } = pair;
    add(
      say('service.switch'),
      lastSwitch === null
        ? say('service.never')
        : say(lastSwitch.why === 'released' ? 'service.released' : 'service.runOut', {
            time: at(lastSwitch.at),
            from: lastSwitch.from,
          }),
    );
  }
  add(say('service.since'), at(startedAt));
  for (const trouble of troubles) add(say('service.trouble'), trouble, true);
  return facts;
}
