import type { Language } from '../../wire/http/head/language.ts';
import { COMMANDS, GROUPS } from './table.ts';

/** Of every command that ends by itself; docs/commands.md has the same rows. */
export const EXITS = [
  { code: 0, zh: '完成；检查没有问题', en: 'done; nothing is wrong' },
  { code: 1, zh: '未完成，或检查有问题', en: 'not done, or something is wrong' },
  {
    code: 2,
    zh: '无法开始：用法、配置或环境不对',
    en: 'could not begin: wrong use, configuration or surroundings',
  },
  {
    code: 3,
    zh: '仅 serve：另一台机器在写，或可能在写；重新启动后为备用机',
    en: 'serve alone: another machine writes, or may; started again, this one stands by',
  },
  { code: 70, zh: '本程序的缺陷', en: 'a fault of this program' },
] as const;

const WORDS = {
  zh: {
    use: 'lifeline 命令 [选项]      城市生命线监测预警服务',
    more: 'lifeline 命令 --help 说明每个命令。语言：LIFELINE_LANGUAGE=zh|en，默认随终端。',
    exits: '退出码',
  },
  en: {
    use: "lifeline COMMAND [options]      the watch over a city's lifelines",
    more: 'lifeline COMMAND --help says how each is used. Language: LIFELINE_LANGUAGE=zh|en, else the terminal’s.',
    exits: 'exit codes',
  },
} as const;

/** Everything there is, on one screen. */
export function overview(language: Language): string {
  const w = WORDS[language];
  const width = Math.max(...COMMANDS.map((c) => c.name.length)) + 2;
  const groups = Object.entries(GROUPS).map(([key, title]) => {
    const rows = COMMANDS.filter((c) => c.group === key).map(
      (c) => `    ${c.name.padEnd(width)}${c.says[language]}`,
    );
    return `  ${title[language]}\n${rows.join('\n')}`;
  });
  const exits = EXITS.map((e) => `    ${String(e.code).padEnd(width)}${e[language]}`);
  return `${w.use}\n\n${groups.join('\n\n')}\n\n  ${w.exits}\n${exits.join('\n')}\n\n${w.more}\n`;
}
