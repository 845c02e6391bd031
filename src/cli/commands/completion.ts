import type { Command } from 'commander';
import { ExitCode } from '../exit-code.ts';
import type { Ports } from '../ports.ts';
import { UsageError } from '../usage-error.ts';

interface Completable {
  readonly name: string;
  readonly summary: string;
  readonly flags: readonly string[];
  /** Words that may follow the name; `pipelines`: names of files in pipelines/; `runs`: folders in runs/. */
  readonly words: readonly string[] | 'pipelines' | 'runs' | 'files';
}

const words: { readonly [command: string]: Completable['words'] } = {
  synth: 'pipelines',
  graph: 'pipelines',
  apply: 'pipelines',
  diff: 'pipelines',
  run: 'pipelines',
  rbac: 'pipelines',
  resume: 'runs',
  status: 'runs',
  cancel: 'runs',
  report: 'runs',
  completion: ['bash', 'zsh', 'fish'],
  explain: [],
  profile: 'files',
};

const scripts: { readonly [shell: string]: (commands: readonly Completable[]) => string } = { bash, zsh, fish };

/** `podloom completion <shell>`: made from the commands and flags that there are. */
export function completion(ports: Ports, program: Command, shell: string): number {
  const script = Object.hasOwn(scripts, shell) ? scripts[shell] : undefined;
  if (script === undefined)
    throw new UsageError(
      `there is no completion for ${JSON.stringify(shell)}`,
      `Shells are ${Object.keys(scripts).join(', ')}.`,
    );
  const commands = program.commands.map((command) => ({
    name: command.name(),
    summary: command.summary(),
    flags: command.options.filter((option) => !option.hidden).map((option) => option.long as string),
    words: words[command.name()] ?? 'files',
  }));
  ports.stdout.write(script(commands));
  return ExitCode.ok;
}

/** Shell code that lists what pipelines/ has, without endings, and the runs that runs/ has. */
const LISTS = {
  pipelines: `ls pipelines 2>/dev/null | sed -n 's/\\.[cm]\\{0,1\\}[jt]s$//p' | grep -v -e '\\.d$' -e '\\.test$' -e '\\.spec$'`,
  runs: `ls runs 2>/dev/null | sed -n 's/^[a-z0-9][-a-z0-9]*$/&/p'`,
};

function bash(commands: readonly Completable[]): string {
  const cases = commands.map(({ name, flags, words }) => {
    const list = typeof words === 'string' ? (words === 'files' ? '' : `$(${LISTS[words]})`) : words.join(' ');
    return `    ${name}) words="${flags.join(' ')} ${list}";;`;
  });
  return `_podloom() {
  local words current="\${COMP_WORDS[COMP_CWORD]}"
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${commands.map(({ name }) => name).join(' ')}" -- "$current"))
    return
  fi
  case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
    *) words="";;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _podloom podloom
`;
}

function zsh(commands: readonly Completable[]): string {
  const names = commands.map(({ name, summary }) => `'${name}:${summary.replaceAll("'", '')}'`).join(' ');
  const cases = commands.map(({ name, flags, words }) => {
    const list =
      typeof words !== 'string' ? ` ${words.join(' ')}` : words === 'files' ? '' : ` \${(f)"$(${LISTS[words]})"}`;
    return `    ${name}) compadd -- ${flags.join(' ')}${list};;`;
  });
  return `#compdef podloom
_podloom() {
  if (( CURRENT == 2 )); then
    local -a commands
    commands=(${names})
    _describe command commands
    return
  fi
  case "\${words[2]}" in
${cases.join('\n')}
  esac
  _files
}
compdef _podloom podloom
`;
}

function fish(commands: readonly Completable[]): string {
  const lines = commands.flatMap(({ name, summary, flags, words }) => {
    const seen = `-n '__fish_seen_subcommand_from ${name}'`;
    const list = typeof words !== 'string' ? words.join(' ') : words === 'files' ? undefined : `(${LISTS[words]})`;
    return [
      `complete -c podloom -n __fish_use_subcommand -a ${name} -d '${summary.replaceAll("'", '')}'`,
      ...flags.map((flag) => `complete -c podloom ${seen} -l ${flag.slice(2)}`),
      ...(list === undefined || list === '' ? [] : [`complete -c podloom ${seen} -f -a "${list}"`]),
    ];
  });
  return `complete -c podloom -n __fish_use_subcommand -f\n${lines.join('\n')}\n`;
}
