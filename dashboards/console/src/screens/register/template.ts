import type { Language } from '../../i18n/translate.ts';

const HEAD = {
  'zh-CN': '类型,编码,名称,业务专项,上级区域,区域,设施,监测点,权属单位,经度,纬度,坐标系,厂商,序列号,安装时间',
  en: 'kind,code,name,lifeline,parent,area,asset,point,owner,lon,lat,crs,vendor,serial,installedAt',
} as const;

/** One row of each kind, that can be imported as it is. */
const ROWS = {
  'zh-CN': [
    '区域,341602,示例区,,,,,,,,,,,,',
    '设施,WELL-1,一号燃气井,gas,,341602,,,燃气公司,115.778,33.846,CGCS2000,,,',
    '监测点,GAS-1,一号井甲烷,gas,,,WELL-1,,,115.778,33.846,CGCS2000,,,',
    '监测设备,DEV-1,,gas,,,,GAS-1,,,,,示例厂商,SN0001,2026-01-31',
  ],
  en: [
    'area,341602,Example district,,,,,,,,,,,,',
    'asset,WELL-1,Gas well 1,gas,,341602,,,Gas company,115.778,33.846,CGCS2000,,,',
    'point,GAS-1,Methane in well 1,gas,,,WELL-1,,,115.778,33.846,CGCS2000,,,',
    'device,DEV-1,,gas,,,,GAS-1,,,,,Example vendor,SN0001,2026-01-31',
  ],
} as const;

const PEOPLE = {
  'zh-CN': [
    '类型,编码,名称,单位类别,负责区域,所属单位,岗位,手机号,邮箱',
    '单位,centre-1,市监测中心,监测中心,,,,,',
    '单位,gas-co,燃气公司,权属单位,,,,,',
    '联系人,wang,王建国,,,centre-1,值班,13800000001,',
    '联系人,li,李敏,,,centre-1,带班,13800000002,li@city.example',
    '联系人,zhao,赵强,,,gas-co,值班,13800000003,',
  ],
  en: [
    'kind,code,name,unitKind,areas,unit,post,mobile,email',
    'unit,centre-1,Watch centre,centre,,,,,',
    'unit,gas-co,Gas company,owner,,,,,',
    'contact,wang,Wang Jianguo,,,centre-1,duty,13800000001,',
    'contact,li,Li Min,,,centre-1,leader,13800000002,li@city.example',
    'contact,zhao,Zhao Qiang,,,gas-co,duty,13800000003,',
  ],
} as const;

/** Units and their people, that can be imported as they are. */
export const peopleCsv = (language: Language): string => `\ufeff${PEOPLE[language].join('\r\n')}\r\n`;

/** With a byte-order mark, or a spreadsheet takes the Chinese for noise. */
export const templateCsv = (language: Language): string =>
  `\ufeff${[HEAD[language], ...ROWS[language]].join('\r\n')}\r\n`;
