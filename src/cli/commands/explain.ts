import { catalogue } from '../../diagnostics/catalogue.ts';
import type { Definition } from '../../diagnostics/definition.ts';
import { ExitCode } from '../exit-code.ts';
import type { Ports } from '../ports.ts';
import { UsageError } from '../usage-error.ts';

/** `podloom explain [code]` */
export function explain(ports: Ports, code: string | undefined): number {
  const entries = catalogue as { readonly [code: string]: Definition<never> };
  if (code === undefined) {
    for (const name of Object.keys(entries).sort())
      ports.stdout.write(`${name}  ${entries[name]?.severity.padEnd(7)}  ${entries[name]?.title}\n`);
    return ExitCode.ok;
  }
  const wanted = code.toUpperCase();
  const definition = Object.hasOwn(entries, wanted) ? entries[wanted] : undefined;
  if (definition === undefined) {
    throw new UsageError(`there is no diagnostic ${JSON.stringify(code)}`, '`podloom explain` lists all.');
  }
  ports.stdout.write(
    `${wanted} (${definition.severity}): ${definition.title}\n\n${definition.explanation.trim()}\n\n${exampleText(definition)}`,
  );
  return ExitCode.ok;
}

function exampleText({ example }: Definition<never>): string {
  if (typeof example === 'string') return `Example:\n\n${indented(example)}`;
  const files = Object.entries(example.files).map(([path, text]) => `  # ${path}\n${indented(text)}`);
  return `Example: \`podloom ${(example.args ?? ['synth']).join(' ')}\` with\n\n${files.join('\n')}`;
}

function indented(text: string): string {
  return `${text.replace(/\n$/, '').replace(/^(?=.)/gm, '  ')}\n`;
}
