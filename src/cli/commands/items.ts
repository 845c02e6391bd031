import { resolve } from 'node:path';
import { Collector } from '../../diagnostics/collector.ts';
import { defaultProfile } from '../../ir/profile.ts';
import type { JsonObject } from '../../ir/scalar.ts';
import type { TemplateItem } from '../../runner/items/template-item.ts';
import { shellQuote } from '../../units/shell-quote.ts';
import type { ClusterFlags } from '../cluster-connection.ts';
import { ExitCode } from '../exit-code.ts';
import type { ItemSource } from '../items/read-items.ts';
import type { PodTemplate } from '../items/read-template.ts';
import type { Ports } from '../ports.ts';
import { type DiagnosticOptions, reportDiagnostics } from '../report.ts';
import type { OutputFormat } from '../run-reporter.ts';
import { UsageError } from '../usage-error.ts';

export interface ItemsFlags extends ClusterFlags, DiagnosticOptions {
  readonly items?: string | undefined;
  readonly json?: string | undefined;
  readonly braces?: string | undefined;
  readonly logdir: string;
  readonly maxPending: number;
  readonly maxRunning: number;
  /** Seconds. */
  readonly pace: number;
  /** Seconds. */
  readonly pendingTimeout?: number | undefined;
  readonly rerun: string;
  readonly skipFailed?: true | undefined;
  /** False: `--nowait`. */
  readonly wait: boolean;
  readonly printSpecs?: true | undefined;
  readonly dryRun?: true | undefined;
  readonly yes?: true | undefined;
  readonly output: OutputFormat;
}

/** A template and its items, checked. */
export interface ReadyItems {
  readonly pod: PodTemplate;
  readonly items: readonly TemplateItem[];
  readonly names: readonly string[];
}

/** `podloom items run <template>` */
export async function runItems(ports: Ports, word: string, flags: ItemsFlags): Promise<number> {
  const source = sourceOf(flags);
  const diagnostics = new Collector();
  const ready = await readAll(ports, word, source, diagnostics);
  await reportDiagnostics(ports, diagnostics, ports.cwd, flags, true);
  if (ready === undefined || diagnostics.hasErrors) return ExitCode.badInput;
  if (flags.dryRun === true) return printPods(ports, ready, flags);
  const { followItems } = await import('../items/follow-items.ts');
  return followItems(ports, ready, flags, resolve(ports.cwd, flags.logdir), commandOf(word, source, flags));
}

function sourceOf({ items, json, braces }: ItemsFlags): ItemSource {
  const sources: ItemSource[] = [
    ...(items === undefined ? [] : [{ kind: 'lines' as const, file: items }]),
    ...(json === undefined ? [] : [{ kind: 'json' as const, file: json }]),
    ...(braces === undefined ? [] : [{ kind: 'braces' as const, pattern: braces }]),
  ];
  const [source, second] = sources;
  if (source !== undefined && second === undefined) return source;
  throw new UsageError(
    source === undefined ? 'there are no items' : 'there are several lists of items',
    'Give one of -i <file>, -j <file> and -b <pattern>.',
  );
}

async function readAll(
  ports: Ports,
  word: string,
  source: ItemSource,
  diagnostics: Collector,
): Promise<ReadyItems | undefined> {
  const [{ readTemplate }, { readItems }, { podNames, podObject }, { checkItems }] = await Promise.all([
    import('../items/read-template.ts'),
    import('../items/read-items.ts'),
    import('../items/make-pods.ts'),
    import('../items/check-items.ts'),
  ]);
  const pod = readTemplate(word, ports.cwd, diagnostics);
  const items = readItems(source, ports.cwd, diagnostics);
  if (pod === undefined) return undefined;
  checkItems(pod, items, diagnostics);
  const [first] = items;
  if (diagnostics.hasErrors || first === undefined) return undefined;
  const names = podNames(pod, items, diagnostics);
  await checkShape(pod, podObject(pod, first, names[0] as string, pod.namespace ?? 'default', 'items'), diagnostics);
  return { pod, items, names };
}

/** What the schema of pods says to the pod of the first item, at its place in the template. */
async function checkShape({ at }: PodTemplate, object: JsonObject, diagnostics: Collector): Promise<void> {
  const { validateObject } = await import('../../validate/validate-object.ts');
  const subject = {
    object,
    name: 'the pod',
    profile: defaultProfile,
    report: ((code, params, path, kind) =>
      diagnostics.report(code, params, { location: at(path, kind) })) as Parameters<typeof validateObject>[0]['report'],
  };
  await validateObject(subject, { gitops: false });
}

/** `--dry-run`: the pods as YAML, as they would be made. */
async function printPods(ports: Ports, { pod, items, names }: ReadyItems, { namespace }: ItemsFlags): Promise<number> {
  const [{ renderYaml }, { podObject }] = await Promise.all([
    import('../../emit/yaml.ts'),
    import('../items/make-pods.ts'),
  ]);
  for (const [index, item] of items.entries()) {
    const place = namespace ?? pod.namespace ?? 'default';
    ports.stdout.write(`---\n${renderYaml(podObject(pod, item, names[index] as string, place, 'dry-run'))}`);
  }
  return ExitCode.ok;
}

/** What goes on with the run, without `--rerun`. */
function commandOf(word: string, source: ItemSource, flags: ItemsFlags): string {
  const words = ['podloom', 'items', 'run', word];
  if (source.kind === 'braces') words.push('-b', source.pattern);
  else words.push(source.kind === 'lines' ? '-i' : '-j', source.file);
  for (const name of ['context', 'kubeconfig', 'namespace', 'as', 'kubectl'] as const) {
    const value = flags[name];
    if (value !== undefined) words.push(`--${name}`, value);
  }
  if (flags.logdir !== DEFAULT_LOGDIR) words.push('--logdir', flags.logdir);
  return words.map(shellQuote).join(' ');
}

/** That of qupods, whose logs count. */
export const DEFAULT_LOGDIR = 'QUPODS';
