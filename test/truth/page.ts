import type { Account, Tally } from './account.ts';
import { EXPLAINED, LATE } from './explained.ts';
import type { ForecastRow } from './forecast.ts';
import type { TemperatureAccount } from './temperature.ts';
import type { YearRow } from './year.ts';

export type KeptYear = {
  readonly days: number;
  readonly readings: number;
  readonly rows: readonly YearRow[];
};

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((r) => `| ${r.join(' | ')} |`).join('\n');

const rate = (per100: number, n: number): string =>
  n === 0 ? '0' : per100 >= 100 ? per100.toFixed(0) : per100.toFixed(2);

function row({ subject, sensorDays }: Account, who: string, t: Tally): string[] {
  return [
    `${subject.words.zh} ${subject.words.en}`,
    who,
    `${t.events}`,
    `${t.found}`,
    `${t.inTime}`,
    t.leadMin === null ? '–' : `${t.leadMin.median.toFixed(1)} (${t.leadMin.tenth.toFixed(1)})`,
    `${t.falseAlarms}`,
    sensorDays.toFixed(2),
    rate(t.per100Days, t.falseAlarms),
  ];
}

function temperatureSection(t: TemperatureAccount): readonly string[] {
  const air = t.recorded.map((r) => `\`${r.file}\` ${r.low.toFixed(1)}–${r.high.toFixed(1)} ℃`).join('; ');
  return [
    '## 扣除温度的桥梁应变 Strain of a bridge with the temperature taken out',
    `应变为试验桥实测的每分钟平均：十分钟参考状态反复 ${t.days} 天，随后是支座下降的记录。**温度和它带来的 ${t.perDegree} µε/℃ 是我们叠加的**（昼夜 ±8 ℃、每天再升 0.3 ℃）：参考状态（3 月 7 日）没有温度记录，4 月 11 日的气温记录在各段内只变化几分之一度，学不出斜率（${air}）。因此此表检验“扣除”是否成立，不是现场技能。两段应变隔了 35 天，其间 170 µε 之差可能有一部分就是温度，文件里查不出。`,
    `The strain is measured: means of a minute of the test bridge, ten minutes of its reference state again and again for ${t.days} days, then the record of the lowered support. **The temperature, and the ${t.perDegree} µε/℃ that it adds, are laid over it by us** (±8 ℃ from night to day, warmer by 0.3 ℃ with each): none was recorded with the reference state of 7 March, and the air of 11 April moved by fractions of a degree within each record, of which no slope can be learnt (${air}). So this shows that taking it out works, and is no skill in the field. The two records lie 35 days apart: some of the 170 µε between them may be temperature itself, which the files cannot tell.`,
    table(
      [
        '判法 by',
        '参考状态中的误判 false shifts in the reference state',
        '支座下降后几分钟报出 told in minute',
      ],
      t.rows.map((r) => [
        `${r.by.zh} ${r.by.en}`,
        `${r.falseShifts}`,
        r.foundAfterMin === null ? '– （误判中 already on, falsely）' : `${r.foundAfterMin}`,
      ]),
    ),
    `自学得 ${t.learnt.toFixed(2)} µε/℃（叠加的是 ${t.perDegree}）。 Learnt: ${t.learnt.toFixed(2)} µε/℃, where ${t.perDegree} was laid over it.`,
  ];
}

/** docs/truth.md: what the rules as shipped say of recordings, and of a simulated year, beside what was true. */
export function truthPage(
  accounts: readonly Account[],
  forecast: readonly ForecastRow[],
  year: KeptYear,
  temperature: TemperatureAccount,
): string {
  const explained = (ids: readonly string[], by: Readonly<Record<string, string>>): string =>
    ids.length === 0 ? '无 None.' : ids.map((id) => `- \`${id}\`: ${by[id] ?? '(not explained)'}`).join('\n');
  const falseIds = [...new Set(accounts.flatMap((a) => a.falseAlarms.map((f) => f.id)))];
  const late = [...new Set(accounts.flatMap((a) => a.missed))];
  return [
    '# 报警的真与假 Which alarms are true',
    '<!-- Written by `npm run truth -- --write` from the recordings in ../shared/data and the rules in src/packs; a test compares it. -->',
    '出厂规则在真实记录上的表现，与同一数据上的固定阈值对照。目标：真实事件全部报出，误报不超过每百传感器日 1 次。提前量为分钟，中位数（括号内：十分之一的事件短于此）。',
    'What the rules as shipped say of real recordings, beside a plain threshold on the same samples. Goals: every true event is told, at most one false alarm in 100 sensor-days. Lead in minutes before the alarm was due: median (a tenth were shorter).',
    table(
      [
        '记录 recording',
        '规则 by',
        '真实事件 true events',
        '报出 told',
        '及时 in time',
        '提前 lead',
        '误报 false',
        '传感器日 sensor-days',
        '每百传感器日 per 100',
      ],
      accounts.flatMap((a) => [
        row(a, '出厂规则 rules', a.ours),
        row(a, `\`${a.subject.plain.words}\``, a.plain),
      ]),
    ),
    '传感器日只计仪器确有记录的时间。洪水记录只有涨水时段（没有干燥时段的样本），桥梁与甲烷记录各只有几分钟到一个多小时：一次误报即为每百日数百次，零次也不能证明长期无误报。',
    'Sensor-days are what instruments really recorded. The floods hold no dry time, the bridge and the methane are minutes to an hour and a half each: there one false alarm is hundreds in 100 days, and none proves nothing about a year.',
    '## 何谓真实 What counts as true',
    accounts.map((a) => `- **${a.subject.words.en}**: ${a.subject.truth}.`).join('\n'),
    '## 各规则 By rule',
    table(
      ['记录 recording', '规则 rule', '报警 alarms', '误报 false'],
      accounts
        .filter((a) => a.subject.key !== 'floodnet-27')
        .flatMap((a) =>
          a.byRule.map((r) => [a.subject.words.en, `\`${r.rule}\``, `${r.raised}`, `${r.false}`]),
        ),
    ),
    '## 每一次误报 Every false alarm',
    explained(falseIds, EXPLAINED),
    '## 未及时的 Told, and not in time',
    explained(late, LATE),
    ...temperatureSection(temperature),
    '## 积水预报 Forecast of floods',
    '拟合用较早一半洪水（434 场），评分用较新一半（435 场）。逐分钟一个样本，只计尚未到限的分钟：说“H 分钟后到限”对照 H 分钟后的实测。对照：RESPONSE F.2 的简单趋势规则；“保持不变”从不说到限，CSI 恒为 0；“总说到限”。纽约的数据没有雨量：此处只检验水深趋势，不是降雨响应；也没有干燥时段，空报率偏低。',
    'Fit on the older half of the floods (434), scored on the newer (435). Each minute below the limit is a sample: “it passes the limit in H minutes” against what was measured then. Beside it the simple trend of RESPONSE F.2, persistence (it never says that a limit will be passed: CSI 0), and “always”. There is no rain in these data: this is the trend of the depth, and no skill in rain; there is no dry time either, so the false alarm ratio is too kind.',
    '“known”：每分钟只用此前已到的样本，即服务所用；“between”：样本之间直线内插，与基线的测法相同，会提前知道一点。特征、比例和积水历时的算法是在几种之中看着较新一半选定的（相差至多 0.03），因此得分略偏乐观；以后的洪水才是公正的检验。',
    '“known” uses what a gauge had said by then, as the service does; “between” draws a straight line between samples, as the baselines were measured, and so knows a little too early. Features, scalings and the way to count how long water has stood were chosen among several with the newer half in view (they differ by 0.03 at most): the scores are a little kind, and floods yet to come are the fair test.',
    table(
      [
        '分钟 minutes',
        '限值 limit cm',
        '提前 ahead min',
        'POD',
        'FAR',
        'CSI',
        '简单趋势 simple trend CSI',
        '不变 persistence CSI',
        '总报 always CSI',
        '平均误差 mean error cm',
        '不变 of persistence',
        'P10–P90 内 within',
      ],
      forecast.map((f) => {
        const { skill, within } = f.ours;
        const of = (x: number | null): string => (x === null ? '–' : x.toFixed(2));
        return [
          f.grid,
          `${f.limit}`,
          `${f.horizon}`,
          of(skill.pod),
          of(skill.far),
          of(skill.csi),
          of(f.simple.skill.csi),
          of(skill.persistenceCsi),
          of(skill.alwaysCsi),
          of(skill.error),
          of(skill.persistenceError),
          of(within),
        ];
      }),
    ),
    '## 模拟的一年 A simulated year',
    `一座模拟城市的 ${year.days} 天（${(year.readings / 1e6).toFixed(1)} 百万读数），每周一个情景，其余安静。模拟的噪声由我们所写：此表检验规则之间、学习与延时是否自相一致，不是技能。`,
    `${year.days} days of a simulated city (${(year.readings / 1e6).toFixed(1)} million readings), one scenario a week, quiet else. Its noise is of our own writing: this shows that rules, learning and delays agree with one another over a year, and is no skill.`,
    table(
      [
        '专项 lifeline',
        '应报 expected',
        '报出 told',
        '误报 false',
        '传感器日 sensor-days',
        '每百传感器日 per 100',
      ],
      year.rows.map((r) => [
        `${r.name.zh} ${r.name.en}`,
        `${r.expected}`,
        `${r.raised}`,
        `${r.falseAlarms.length}`,
        `${r.sensorDays}`,
        rate((100 * r.falseAlarms.length) / r.sensorDays, r.falseAlarms.length),
      ]),
    ),
  ]
    .join('\n\n')
    .concat('\n');
}
