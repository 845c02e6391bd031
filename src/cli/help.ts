import type { Command } from 'commander';

/** Examples below the help of a command: what to type, and what it does. */
export function examples(command: Command, lines: readonly (readonly [command: string, what: string])[]): Command {
  const width = Math.max(...lines.map(([text]) => text.length));
  const text = lines.map(([example, what]) => `  $ ${example.padEnd(width)}  ${what}`).join('\n');
  return command.addHelpText('after', `\nExamples:\n${text}`);
}

export const exitCodesHelp = `
Exit codes: 0 done · 1 drift, a failed item, an invalid manifest · 2 bad input or usage
            3 cluster out of reach, or out of time · 130 interrupted
Text for people goes to stderr, data to stdout.`;
