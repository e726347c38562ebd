import { z } from 'zod';
import { route } from '../route.ts';
import { codeIn } from '../shapes.ts';
import { forecastListOut, forecastOut, forecastQuery, forecastSkillOut } from './forecasts.ts';
import { leakOrBiogasOut, leakOrBiogasQuery } from './leak-or-biogas.ts';
import { spectrumOut, spectrumQuery } from './spectrum.ts';

const json = <S extends z.ZodType>(schema: S) => ({ status: 200 as const, type: 'json' as const, schema });

const sees = {
  who: 'session',
  tag: 'readings',
  method: 'GET',
  act: { zh: '查看预报', en: 'See forecasts' },
  right: 'picture.see',
  audited: false,
} as const;

/** 监测预报 (docs/interfaces.md §9). */
export const FORECAST_ROUTES = {
  forecast: route({
    ...sees,
    path: '/api/v1/points/{code}/forecast',
    does: {
      zh: '监测点未来半小时的预报：P10–P90、何时到限、样本数与评分；没有时说明原因',
      en: 'The next half hour at a point: P10–P90, when limits will be passed, sample size and skill; or why there is none',
    },
    params: z.strictObject({ code: codeIn }),
    query: forecastQuery,
    answer: json(forecastOut),
    problems: ['store-unavailable'],
    refusals: ['point-unknown', 'not-found'],
  }),
  forecasts: route({
    ...sees,
    path: '/api/v1/forecasts',
    does: {
      zh: '预计将到限的监测点，最早的在前',
      en: 'Points at which a limit will be passed, the soonest first',
    },
    answer: json(forecastListOut),
  }),
  forecastSkill: route({
    ...sees,
    path: '/api/v1/forecasts/skill',
    does: {
      zh: '预报评分：按专项、提前量和限值，与“保持不变”和“总说到限”对照',
      en: 'How good forecasts were: by lifeline, horizon and limit, beside persistence and "always"',
    },
    answer: json(forecastSkillOut),
  }),
  leakOrBiogas: route({
    ...sees,
    act: { zh: '查看沼气识别', en: 'See leak or biogas' },
    path: '/api/v1/points/{code}/leak-or-biogas',
    does: {
      zh: '该点的燃气是管道气还是沼气：各项迹象、权重与缺少的输入，供研判参考；不改变报警',
      en: 'Whether gas at a point comes from a pipe or is biogas: signs, weights and what is missing, for whoever judges; it changes no alarm',
    },
    params: z.strictObject({ code: codeIn }),
    query: leakOrBiogasQuery,
    answer: json(leakOrBiogasOut),
    problems: ['store-unavailable'],
    refusals: ['point-unknown', 'not-found'],
  }),
  spectrum: route({
    ...sees,
    act: { zh: '查看频谱', en: 'See a spectrum' },
    path: '/api/v1/points/{code}/spectrum',
    does: {
      zh: '一段波形的频谱（Welch）和突出的频率及其误差；登记了索长和线质量的，另给索力',
      en: 'The spectrum of a stretch of waveform (Welch), the frequencies that stand out and how sure they are; of a cable whose length and mass are in the register its force too',
    },
    params: z.strictObject({ code: codeIn }),
    query: spectrumQuery,
    answer: json(spectrumOut),
    problems: ['store-unavailable'],
    refusals: ['point-unknown'],
  }),
} as const;
