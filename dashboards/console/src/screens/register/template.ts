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

/** With a byte-order mark, or a spreadsheet takes the Chinese for noise. */
export const templateCsv = (language: Language): string =>
  `\ufeff${[HEAD[language], ...ROWS[language]].join('\r\n')}\r\n`;
