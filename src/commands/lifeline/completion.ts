import { EXIT, type Program, WrongUse } from '../command.ts';
import { COMMANDS } from './table.ts';

const USAGE = {
  zh: `lifeline completion bash

打印 bash 的补全脚本；安装包已放好。手工：lifeline completion bash > /etc/bash_completion.d/lifeline`,
  en: `lifeline completion bash

Prints the completion for bash; the packages bring it. By hand: lifeline completion bash > /etc/bash_completion.d/lifeline`,
};

async function run(args: readonly string[]): Promise<number> {
  if (args.length !== 1 || args[0] !== 'bash') throw new WrongUse('for which shell? bash would be right');
  process.stdout.write(bashCompletion());
  return EXIT.done;
}

/** Names first, then the verbs and options of the command that was chosen; file names where nothing of ours fits. */
function bashCompletion(): string {
  const cases = COMMANDS.map(
    ({ name, verbs = [], options = [] }) =>
      `    ${name}) words="${[...verbs, ...options, '--help'].join(' ')}" ;;`,
  );
  return `# bash completion for lifeline
_lifeline() {
  local words
  if [ "$COMP_CWORD" -eq 1 ]; then
    words="${[...COMMANDS.map((c) => c.name), 'help', '--help', '--version'].join(' ')}"
  else
    case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
    *) words="" ;;
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o bashdefault -o default -F _lifeline lifeline
`;
}

export const program: Program = { usage: USAGE, run };
