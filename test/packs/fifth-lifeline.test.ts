import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { lifelineDashboard } from '../../scripts/grafana/lifeline.ts';
import { packDoc } from '../../scripts/pack-docs.ts';
import { as } from '../../src/domain/ids.ts';
import type { Pack } from '../../src/domain/pack.ts';
import { minutes } from '../../src/domain/time.ts';
import { PACKS } from '../../src/packs/index.ts';
import {
  above,
  advice,
  limits,
  lowBattery,
  ownState,
  quantity,
  R,
  silence,
  step,
} from '../../src/packs/language/common.ts';
import { checked } from '../../src/packs/language/schema.ts';
import { FlowHarness } from '../flow/flow-harness.ts';

const ROOT = join(import.meta.dirname, '../..');
const lighting = as.lifeline('lighting');

/** 照明: a lifeline that nobody but this file has heard of. */
const LIGHTING: Pack = {
  lifeline: lighting,
  name: { zh: '照明', en: 'street lighting' },
  metrics: [
    quantity('leakage', '漏电电流', 'leakage', 'mA', [0, 30_000, R('monitors of lamp posts')], minutes(5)),
    ...ownState(minutes(5)),
  ],
  rules: [
    limits(lighting, 'leakage', ['灯杆漏电', 'lamp post leaks current'], 'mA', [
      step(
        1,
        above(30),
        { deadband: 2 },
        R('people are in danger from 30 mA'),
        advice('断电并看守灯杆。', 'Switch it off, guard the post.'),
      ),
    ]),
    silence(lighting, minutes(5), 3, R('three intervals')),
    lowBattery(lighting),
  ],
  levelNote: { zh: '漏电即红。', en: 'Leakage is red.' },
};

describe('a further lifeline is a new pack file and its name in the index', () => {
  test('it is sound, and its page and its dashboard are written from it', () => {
    const pack = checked(LIGHTING);
    expect(packDoc(pack)).toContain('灯杆漏电');
    expect(packDoc(pack)).toContain('**R** people are in danger from 30 mA');
    expect(JSON.stringify(lifelineDashboard(pack))).toContain('FROM \\"lighting\\"');
  });

  test('its devices are registered, judged and alarmed on by the same flow', async () => {
    const flow = await FlowHarness.begin({ packs: [...PACKS, checked(LIGHTING)] });
    expect((await flow.value('lighting', 'LAMP-1', 'leakage', 31)).outcome).toBe('kept');
    expect(flow.open('LAMP-1')).toMatchObject([{ ruleId: 'lighting.leakage.limit', level: 1 }]);
  });

  test('no code outside the packs knows a lifeline by its key', () => {
    const files = [
      ...globSync('src/**/*.ts', { cwd: ROOT }).filter((f) => !f.startsWith(join('src', 'packs'))),
      ...globSync('scripts/**/*.ts', { cwd: ROOT }),
      ...globSync('dashboards/console/src/**/*.{ts,vue}', { cwd: ROOT }),
    ];
    expect(files.length).toBeGreaterThan(200);
    const keys = new RegExp(`['"\`](${PACKS.map((p) => p.lifeline).join('|')})['"\`]`);
    // The camera that looks away from whoever holds the phone: HTML's word, and no lifeline.
    const CAMERA = 'capture="environment"';
    // "lift", "fire" and "building" are words of their own; as a whole literal they would still be a key.
    const knowing = files.filter((f) =>
      keys.test(
        readFileSync(join(ROOT, f), 'utf8')
          .replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
          .replaceAll(CAMERA, ''),
      ),
    );
    expect(knowing).toEqual([]);
  });
});
