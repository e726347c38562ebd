import { as } from '../domain/ids.ts';
import type { Pack } from '../domain/pack.ts';
import { hours } from '../domain/time.ts';
import { above, advice, D, quantity, rule, step } from './language/common.ts';

const probe = as.lifeline('probe');

/** 自检探针: what the service sends to itself, to see that a packet still becomes an alarm. No person ever sees it. */
export const PROBE: Pack = {
  lifeline: probe,
  name: { zh: '自检探针', en: 'the probe' },
  reserved: true,
  levelNote: { zh: '仅供自检，不示人。', en: 'For the self-check alone; shown to nobody.' },
  metrics: [
    // Nobody waits for it but the probe itself.
    quantity(
      'beat',
      '心跳',
      'beat',
      '',
      [0, 2 ** 53, D('a number that counts up')],
      Number.POSITIVE_INFINITY,
      {
        sentinels: [],
      },
    ),
  ],
  rules: [
    rule(probe, {
      metric: 'beat',
      kind: 'limit',
      name: { zh: '自检心跳', en: 'self-check beat' },
      unit: '',
      steps: [step(4, above(1), {}, D('every beat is one'), advice('自检。', 'A self-check.'))],
      reAlarmAfter: hours(24),
    }),
  ],
};
