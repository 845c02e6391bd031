import { join, resolve } from 'node:path';
import { Collector } from '../../diagnostics/collector.ts';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import type { Pipeline } from '../../ir/pipeline.ts';
import type { Reporter } from '../../runner/reporters/reporter.ts';
import { shellQuote } from '../../units/shell-quote.ts';
import { build } from '../build.ts';
import { ExitCode } from '../exit-code.ts';
import { type Ports, wantsColor } from '../ports.ts';
import { Progress } from '../progress.ts';
import { type DiagnosticOptions, reportDiagnostics } from '../report.ts';
import { UsageError } from '../usage-error.ts';
import { shown, type Workspace } from '../workspace.ts';

export interface RunOptions extends DiagnosticOptions {
  readonly local?: true | undefined;
  /** `name=value` each. */
  readonly parameter?: readonly string[] | undefined;
  readonly run?: string | undefined;
  readonly maxRunning?: number | undefined;
  readonly rerun: string;
  readonly logdir?: string | undefined;
  readonly profile?: string | undefined;
  readonly output: 'human' | 'json';
}

/** `podloom run <pipeline> --local` */
export async function run(ports: Ports, word: string, options: RunOptions): Promise<number> {
  if (!options.local)
    throw new UsageError(
      'podloom runs pipelines on this machine only, and wants to be told so',
      `\`podloom run ${word} --local\`; in a cluster apply what \`podloom synth\` writes.`,
    );
  const parameters = parseParameters(options.parameter ?? []);
  const progress = new Progress(ports.stderr);
  const { workspace, selection, diagnostics } = await build(
    ports,
    [word],
    { target: 'none', profile: options.profile, scan: false },
    progress,
  );
  progress.done();
  await reportDiagnostics(ports, diagnostics, workspace.root, options, true);
  const [first, ...others] = selection.pipelines;
  if (diagnostics.hasErrors || first === undefined) return ExitCode.badInput;
  if (others.length > 0) {
    const names = selection.pipelines.map(({ pipeline }) => pipeline.name).join(', ');
    throw new UsageError(`${JSON.stringify(word)} has several pipelines: ${names}`, 'Name one of them.');
  }
  return runOne(ports, workspace, first.pipeline, options, parameters);
}

async function runOne(
  ports: Ports,
  workspace: Workspace,
  pipeline: Pipeline,
  options: RunOptions,
  parameters: { readonly [name: string]: string },
): Promise<number> {
  const { root, config } = workspace;
  const runsFolder =
    options.logdir === undefined ? resolve(root, config.logdir ?? 'runs') : resolve(ports.cwd, options.logdir);
  const reporter = await createReporter(ports, root, pipeline, options);
  const [{ runLocal }, { renderHuman }] = await Promise.all([
    import('../../runner/run-local.ts'),
    import('../../diagnostics/render/human.ts'),
  ]);
  const interrupt = new AbortController();
  const release = ports.onInterrupt(() => {
    // The second time nobody wants to wait for anything.
    if (interrupt.signal.aborted) ports.exitNow(ExitCode.interrupted);
    interrupt.abort();
  });
  try {
    const result = await runLocal({
      pipeline,
      root,
      runsFolder,
      run: options.run,
      parameters,
      rerun: options.rerun,
      maxRunning: options.maxRunning,
      environment: ports.env,
      command: commandOf(pipeline, options),
      emit: (event) => reporter.handle(event),
      report: (found: readonly Diagnostic[]) =>
        ports.stderr.write(renderHuman(found, { root, color: wantsColor(ports, options.color) })),
      interrupt: interrupt.signal,
    });
    reporter.close();
    if (result.summary !== undefined) await reportRun(ports, workspace, join(runsFolder, result.summary.run), options);
    return result.exitCode;
  } finally {
    reporter.close();
    release();
  }
}

/** Without `--rerun`. */
function commandOf(pipeline: Pipeline, { parameter = [], run, logdir }: RunOptions): string {
  const words = ['podloom run', pipeline.name, '--local'];
  for (const given of parameter) words.push('-p', shellQuote(given));
  if (run !== undefined) words.push('--run', run);
  if (logdir !== undefined) words.push('--logdir', shellQuote(logdir));
  return words.join(' ');
}

/** Writes the report of a run that has ended, and says where it is. That it cannot be written does not make the run fail. */
async function reportRun(ports: Ports, { root }: Workspace, folder: string, options: RunOptions): Promise<void> {
  const [{ readAssets }, { writeReport }] = await Promise.all([
    import('../../report/assets.ts'),
    import('../../report/write-report.ts'),
  ]);
  const assets = await readAssets();
  if (assets === undefined) return;
  const diagnostics = new Collector();
  const out = join(folder, 'report.html');
  const written = await writeReport({ folder, out, shown: (path) => shown(root, path), assets, diagnostics });
  await reportDiagnostics(ports, diagnostics, root, options, true);
  if (written) ports.stderr.write(`report: ${shown(root, out)}\n`);
}

/** JSON lines on stdout; for people a live region on a terminal, and lines elsewhere. */
async function createReporter(ports: Ports, root: string, pipeline: Pipeline, options: RunOptions): Promise<Reporter> {
  if (options.output === 'json') {
    const { JsonLinesReporter } = await import('../../runner/reporters/json-lines.ts');
    return new JsonLinesReporter((text) => ports.stdout.write(text));
  }
  const { systemClock } = await import('../../runner/clock.ts');
  const write = (text: string): void => ports.stderr.write(text);
  const command = commandOf(pipeline, options);
  const common = { write, root, command, clock: systemClock };
  if (!ports.stderr.isTTY) return new (await import('../../runner/reporters/lines.ts')).LinesReporter(common);
  const { ProgressReporter } = await import('../../runner/reporters/progress.ts');
  return new ProgressReporter({ ...common, columns: () => ports.stderr.columns });
}

function parseParameters(words: readonly string[]): { readonly [name: string]: string } {
  return Object.fromEntries(
    words.map((word) => {
      const equals = word.indexOf('=');
      if (equals < 1) throw new UsageError(`-p ${JSON.stringify(word)} is not a parameter`, 'Write -p name=value.');
      return [word.slice(0, equals), word.slice(equals + 1)];
    }),
  );
}
