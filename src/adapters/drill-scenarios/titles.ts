import type { Bilingual } from '../../domain/text.ts';

/**
 * Scenarios that make a drill. Left out are those in which nothing is to be done (quiet), or in which it is the instruments and
 * their links that fail, which a drill's own devices cannot.
 */
export const TITLES: Readonly<Record<string, Bilingual>> = {
  'gas-leak': { zh: '路口燃气泄漏扩散', en: 'A main leaks under a crossing' },
  biogas: { zh: '井内沼气', en: 'Biogas in a chamber' },
  cloudburst: { zh: '短时强降雨内涝', en: 'A cloudburst floods low points' },
  'stolen-cover': { zh: '井盖被盗', en: 'A manhole cover is stolen' },
  'overloaded-truck': { zh: '桥梁超载车辆', en: 'An overloaded truck on a bridge' },
  'burst-main': { zh: '供水干管爆管', en: 'A water main bursts' },
  'illegal-discharge': { zh: '污水偷排', en: 'An illegal discharge into a sewer' },
  'pipe-rupture': { zh: '供热管道破裂', en: 'A heating pipe ruptures' },
  'gallery-gas': { zh: '管廊燃气舱泄漏', en: 'Gas in a utility gallery' },
  'kitchen-leak': { zh: '居民厨房燃气泄漏', en: 'Gas in a kitchen' },
  'lpg-leak': { zh: '液化气站泄漏', en: 'A leak at an LPG yard' },
  'lift-trap': { zh: '电梯困人', en: 'People trapped in a lift' },
  'leaning-house': { zh: '房屋倾斜', en: 'A leaning house' },
  'market-fire': { zh: '市场火情', en: 'A fire in a market' },
  'secret-discharge': { zh: '企业偷排', en: 'A plant discharges in secret' },
};
