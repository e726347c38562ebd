import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metric } from '../src/domain/metric.ts';
import type { Pack } from '../src/domain/pack.ts';
import type { Rule, Step } from '../src/domain/rule.ts';
import type { Source } from '../src/domain/text.ts';
import { PACKS } from '../src/packs/index.ts';
import { length, limitText, signalsPage, signalText } from './signal-words.ts';

/**
 * Writes docs/packs/<lifeline>.md from the packs, so that people can check every number without reading code.
 * A test compares the files with what this writes.
 */
export function packDoc(pack: Pack): string {
  return [
    `# ${pack.name.zh} ${pack.name.en} \`${pack.lifeline}\``,
    '<!-- Written by scripts/pack-docs.ts from src/packs: change the pack, then run it. -->',
    '每个数都是缺省值，可按区域、监测点修改；来源标记：V 读过原文，V2 见于引用它的文件，R 凭经验，D 推算；[Sn] 见 [sources.md](sources.md)。未注明来源的延时、重复报警间隔和期望间隔是本系统的缺省（D）。',
    'Every number is a default, to be changed per area or point. Marks: V read in the source, V2 read in a document that quotes it, R from experience, D derived; [Sn] in [sources.md](sources.md). Delays, re-alarm times and expected intervals without a source of their own are ours (D).',
    '## 等级 Levels',
    pack.levelNote.zh,
    pack.levelNote.en,
    '## 规则 Rules',
    ...pack.rules.map(ruleDoc),
    '## 监测指标 Metrics',
    table(
      ['key', '名称 name', '单位 unit', '范围 range', '期望间隔 every', '故障值 sentinels', '说明 notes'],
      pack.metrics.map(metricRow),
    ),
  ]
    .join('\n\n')
    .concat('\n');
}

/** docs/packs/README.md: what there is, how many of its numbers were read where, and how one more is added. */
export function packIndex(packs: readonly Pack[]): string {
  const marks = ['V', 'V2', 'R', 'D'] as const;
  const rows = packs.map((p) => {
    const steps = p.rules.flatMap((r) => r.steps);
    const marked = marks.map((m) => `${steps.filter((s) => s.source.mark === m).length}`);
    const page = `[${p.name.zh} ${p.name.en}](${p.lifeline}.md)`;
    return [page, `\`${p.lifeline}\``, `${p.metrics.length}`, `${p.rules.length}`, ...marked];
  });
  return [
    '# 专项包 Packs',
    '<!-- Written by scripts/pack-docs.ts from src/packs: change the pack, then run it. -->',
    '阈值按来源标记计数：V 读过原文，V2 见于引用它的文件，R 凭经验，D 推算。R 不是标准条文，上线前由专业单位确认。',
    'Thresholds counted by the mark of their source: V read in it, V2 read in a document that quotes it, R from experience, D derived. R is no text of a standard: have the trade confirm it before it goes live.',
    table(['专项 lifeline', 'key', '指标 metrics', '规则 rules', ...marks], rows),
    '增加一个专项：在 `src/packs` 新增一个文件并列入 `index.ts`，在 `test/packs/cases` 新增案例（每级阈值至少一例），在 `simulators/lifelines` 新增情景，再运行 `npm run pack-docs` 和 `npx node scripts/grafana-dashboards.ts`；其余代码不变。',
    'One more lifeline: a file in `src/packs` and its name in `index.ts`, cases in `test/packs/cases` (one at least for every step), a scenario in `simulators/lifelines`; then `npm run pack-docs` and `npx node scripts/grafana-dashboards.ts`. No other code changes.',
  ]
    .join('\n\n')
    .concat('\n');
}

/** Only where a pack says something other than the default. */
const JUDGED_BY: Readonly<Record<NonNullable<Rule['judges']>, string>> = {
  'strictly-good': '只判毫无疑问的读数 judges only readings without any doubt (`strictly-good`)',
  good: '判可信的读数 judges good readings (`good`)',
  measured:
    '判一切测得的数，含超量程、跳变 judges every measured number, out of range and jumps too (`measured`)',
};

function ruleDoc(rule: Rule): string {
  const facts = [
    `信号 signal：${signalText(rule)}`,
    ...(rule.judges === undefined ? [] : [JUDGED_BY[rule.judges]]),
    rule.latching ? '**锁定**：须现场查看后复位 latched: reset after a look on site' : '不锁定 not latched',
    rule.reAlarmAfter === null
      ? '确认后不再重复报警 no re-alarm'
      : `确认后仍在持续的，${length(rule.reAlarmAfter)} 后重新报警 re-alarm while it stays`,
  ];
  return [
    `### ${rule.name.zh} ${rule.name.en} \`${rule.id}\` v${rule.version}`,
    facts.map((f) => `- ${f}`).join('\n'),
    table(
      ['等级 level', '条件 condition', '回差 deadband', '持续 on-delay', '恢复 off-delay', '来源 source'],
      rule.steps.map((s) => [
        LEVELS[s.level],
        limitText(s.limit, rule.unit),
        `${s.deadband}`,
        s.onDelay === 0 ? '立即 at once' : length(s.onDelay),
        s.offDelay === 0 ? '立即 at once' : length(s.offDelay),
        sourceText(s.source),
      ]),
    ),
    ...rule.steps.map(adviceDoc),
  ].join('\n\n');
}

const LEVELS = { 1: '1 红 red', 2: '2 橙 orange', 3: '3 黄 yellow', 4: '4 蓝 blue' } as const;

function adviceDoc(step: Step): string {
  return `> **${LEVELS[step.level]}** ${step.advice.zh}\n>\n> ${step.advice.en}`;
}

function metricRow(m: Metric): string[] {
  const notes = [
    ...(m.kind === 'waveform' ? ['波形 waveform'] : []),
    ...(m.feature
      ? [`取自 cut from \`${m.feature.of}\`, ${m.feature.stat}, ${length(m.feature.window)}`]
      : []),
    ...(m.arrivesWithin === undefined
      ? []
      : [
          `成批上传，${length(m.arrivesWithin)} 内算及时 sent in batches: on time within ${length(m.arrivesWithin)}`,
        ]),
    ...(m.maxChangePerMinute
      ? [`跳变 jump > ${m.maxChangePerMinute.value}/min：${sourceText(m.maxChangePerMinute.source)}`]
      : []),
    ...(m.conversions ?? []).map((c) => `1 ${c.from} = ${c.factor} ${m.unit}：${sourceText(c.source)}`),
  ];
  return [
    `\`${m.key}\``,
    `${m.name.zh} ${m.name.en}`,
    m.unit,
    m.range === undefined ? '0 / 1' : `${m.range.min} … ${m.range.max}：${sourceText(m.range.source)}`,
    length(m.expectedInterval),
    m.sentinels.join(' '),
    notes.join('；'),
  ];
}

const sourceText = (s: Source): string => `**${s.mark}** ${s.ref}`;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((c) => c.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

if (import.meta.main) {
  const dir = join(import.meta.dirname, '../docs/packs');
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'README.md'), packIndex(PACKS));
  for (const pack of PACKS) writeFileSync(join(dir, `${pack.lifeline}.md`), packDoc(pack));
  const signals = join(dir, '../signals.md');
  writeFileSync(signals, signalsPage(readFileSync(signals, 'utf8')));
}
