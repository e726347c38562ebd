// For whatever Node there is, also one that does not take our sources: says what is missing, before anything fails with
// a stack that says nothing.
const { existsSync, readFileSync } = require('node:fs');
const { join } = require('node:path');

const root = join(__dirname, '..');
const ours = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
// As the other commands: Chinese where the locale says nothing.
const { LIFELINE_LANGUAGE, LC_ALL, LC_MESSAGES, LANG } = process.env;
const isChinese = /^(zh.*)?$/i.test(LIFELINE_LANGUAGE || LC_ALL || LC_MESSAGES || LANG || '');

function missing(zh, en) {
  process.stderr.write(`${isChinese ? zh : en}\n`);
  process.exit(2);
}

const least = Number(/\d+/.exec(ours.engines.node)[0]);
if (Number(process.versions.node.split('.')[0]) < least)
  missing(
    `需要 Node ${least} 或更高版本，这里是 ${process.versions.node}（${process.execPath}）。执行 npm ci（不加 --omit=optional）会随包带来合适的 Node`,
    `Node ${least} or later is needed, and this is ${process.versions.node} (${process.execPath}). npm ci (without --omit=optional) brings one along`,
  );

const absent = Object.keys(ours.dependencies).filter((name) => !existsSync(join(root, 'node_modules', name)));
if (absent.length > 0)
  missing(
    `缺少 ${absent.join('、')}：请执行 npm ci`,
    `${absent.join(', ')} ${absent.length === 1 ? 'is' : 'are'} missing: run npm ci`,
  );
