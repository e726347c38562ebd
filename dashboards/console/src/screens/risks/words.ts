import { riskWords } from '../../parts/risk/words.ts';

export const words = {
  ...riskWords,
  title: ['风险', 'Risk'],
  about: [
    '静态风险：可能性 × 后果，缺任何一项输入即为灰（未评估）。正在发生的报警另列，不改变颜色。',
    'Static risk: likelihood × consequence; grey (not assessed) where any input is missing. What goes on now stands beside it and changes no colour.',
  ],
  none: ['台账中还没有设施', 'The register has no assets yet'],
  all: ['全部 {n}', 'All {n}'],
  only: ['{word} {n}', '{word} {n}'],
  asset: ['设施', 'Asset'],
  colour: ['风险', 'Risk'],
  product: ['得分', 'Product'],
  missing: ['缺项', 'Missing'],
  area: ['区域', 'Area'],
  live: ['实时', 'Now'],
  calm: ['无报警', 'no alarm'],
  alarms: ['{n} 条报警', '{n} alarms'],
  onMap: ['在地图上看', 'On the map'],
  'tab.risks': ['设施风险', 'Assets'],
  'tab.diagnoses': ['六步记录', 'Findings'],
  'tab.health-index': ['健康指数', 'Index'],
  parts: ['得分构成', 'Its parts'],
  open: ['展开', 'Open'],
  shut: ['收起', 'Close'],
  more: ['再显示 {n} 条', 'Show {n} more'],
} as const satisfies Record<string, readonly [string, string]>;
