import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXITS } from '../src/commands/lifeline/help.ts';
import { LOADERS } from '../src/commands/lifeline/loaders.ts';
import { COMMANDS, GROUPS } from '../src/commands/lifeline/table.ts';

const PAGE = join(import.meta.dirname, '../docs/commands.md');
const BEGIN = '<!-- made by npm run docs -->';
const { scripts } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};

/** The page with its tables as `src/commands/lifeline/table.ts` has the commands. */
export async function commandsPage(): Promise<string> {
  const head = readFileSync(PAGE, 'utf8').split(BEGIN)[0] ?? '';
  const rows = COMMANDS.map((c) => {
    const npm =
      c.name === 'serve' ? '`npm start`' : c.name in scripts ? `\`npm run ${c.name} --\`` : '`bin/lifeline`';
    return `| \`lifeline ${c.name}\` | ${npm} | ${GROUPS[c.group].zh} | ${c.says.zh} | ${c.says.en} |`;
  });
  const exits = EXITS.map((e) => `| ${e.code} | ${e.zh} | ${e.en} |`);
  const usages = await Promise.all(
    COMMANDS.map(async (c) => {
      const loader = LOADERS[c.name];
      if (typeof loader !== 'function') return '';
      const { usage } = (await loader()).program;
      return `### ${c.name}\n\n\`\`\`text\n${usage.zh}\n\`\`\`\n\n\`\`\`text\n${usage.en}\n\`\`\`\n`;
    }),
  );
  return `${head}${BEGIN}

| 命令 command | 源码目录中 in a source tree | | 作用 | what it does |
|---|---|---|---|---|
${rows.join('\n')}

## 退出码 Exit codes

| 码 code | 含义 | meaning |
|---|---|---|
${exits.join('\n')}

## 用法 Usage

${usages.filter((u) => u !== '').join('\n')}`;
}

if (import.meta.main) {
  writeFileSync(PAGE, await commandsPage());
  process.stdout.write(`${PAGE}\n`);
}
