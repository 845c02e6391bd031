import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseDuration } from '../units/duration.ts';
import { diagnosticFormats } from './toolchain.ts';

/** `--name <value>` where the value is one of a few words. Commander lists them when another is given. */
export function choice(flags: string, description: string, values: readonly string[], fallback?: string): Option {
  const option = new Option(flags, description).choices(values);
  return fallback === undefined ? option : option.default(fallback);
}

/** Flags of all commands that report diagnostics. */
export function withDiagnostics(command: Command): Command {
  return command
    .addOption(choice('--diagnostics <format>', 'how problems are printed', diagnosticFormats, 'human'))
    .option('--color', 'colours, also when the output is no terminal')
    .option('--no-color', 'no colours');
}

/** Flags of all commands that talk to a cluster. */
export function withCluster(command: Command): Command {
  return withConnection(
    command.option('-n, --namespace <name>', 'namespace (default: of the pipeline, else of the context)'),
  );
}

/** The same for commands that look at a cluster, and at no namespace of it. */
export function withConnection(command: Command): Command {
  return command
    .option('--context <name>', 'context of the kubeconfig (default: its current one)')
    .option('--kubeconfig <file>', 'kubeconfig (default: KUBECONFIG, else ~/.kube/config)')
    .option('--as <user>', 'act as this user, if you may')
    .option('--kubectl <command>', 'send requests with kubectl, called so, for credentials that only it can handle');
}

export function positiveInteger(text: string): number {
  if (!/^[0-9]{1,9}$/.test(text) || Number(text) === 0)
    throw new InvalidArgumentError('It has to be a whole number from 1.');
  return Number(text);
}

export function wholeNumber(text: string): number {
  if (!/^[0-9]{1,9}$/.test(text)) throw new InvalidArgumentError('It has to be a whole number from 0.');
  return Number(text);
}

/** Seconds of a duration such as `90s`, `5m` or `1h30m`. */
export function seconds(text: string): number {
  const parsed = parseDuration(/^\d+$/.test(text) ? Number(text) : text);
  if (!parsed.ok) throw new InvalidArgumentError(`It ${parsed.problem}. ${parsed.hint ?? ''}`.trim());
  return parsed.value;
}

/** Gathers an option that may be given several times. */
export function several(value: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), value];
}
