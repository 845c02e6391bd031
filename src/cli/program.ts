import { Command, Option } from 'commander';
import { examples, exitCodesHelp } from './help.ts';
import { choice, withConnection, withDiagnostics } from './options.ts';
import type { Finish, Ports } from './ports.ts';
import { addApplyCommands } from './program-apply.ts';
import { addConductorCommands } from './program-conductor.ts';
import { addGc } from './program-gc.ts';
import { addItems } from './program-items.ts';
import { addRunCommands } from './program-runs.ts';
import { version } from './version.ts';

/** The command line. Only flags and help are here: what a command does is imported when it is called. */
export function createProgram(ports: Ports, finish: Finish): Command {
  const program = new Command('podloom')
    .description('Compiles pipelines in TypeScript to Argo Workflows and Kubernetes Jobs, and runs them.')
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help for a command')
    .helpCommand('help [command]', 'print help for a command')
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => ports.stdout.write(text),
      writeErr: (text) => ports.stderr.write(text),
      getOutHelpWidth: () => ports.stdout.columns,
      getErrHelpWidth: () => ports.stderr.columns,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .addHelpText('after', exitCodesHelp);
  addSynth(program, ports, finish);
  addValidate(program, ports, finish);
  addGraph(program, ports, finish);
  addApplyCommands(program, ports, finish);
  addRunCommands(program, ports, finish);
  addConductorCommands(program, ports, finish);
  addGc(program, ports, finish);
  addItems(program, ports, finish);
  addReport(program, ports, finish);
  addProfile(program, ports, finish);
  addExplain(program, ports, finish);
  addInit(program, ports, finish);
  addCompletion(program, ports, finish);
  return program;
}

function addSynth(program: Command, ports: Ports, finish: Finish): void {
  const command = program
    .command('synth [pipelines...]')
    .summary('compile pipelines to manifests')
    .description(
      'Compiles pipelines (ids or files; default: all of pipelines/) and writes manifests.\nA synth with errors writes nothing. Files that podloom did not write are never touched.',
    )
    .addOption(
      choice('--target <target>', 'what to compile to (default: of the configuration, else all)', [
        'argo',
        'jobs',
        'all',
      ]),
    )
    .option('--profile <file>', 'YAML or JSON file that describes the cluster')
    .option('--out <folder>', 'output folder (default: dist)')
    .option('--check', 'write nothing; print how the output differs and exit with 1 if it does')
    .option('--stdout', 'print the manifests instead of writing them')
    .option('--json', 'print the result as JSON; with --stdout the objects of each file')
    .option('--watch', 'compile again whenever a file changes')
    .option('--workflow', 'also make argo/<pipeline>.workflow.yaml, a Workflow that starts a run (kubectl create -f)')
    .addOption(
      new Option('--cdk8s', 'as `app` of cdk8s.yaml: write to the folder that cdk8s-cli names').conflicts([
        'out',
        'check',
        'stdout',
        'json',
        'watch',
      ]),
    );
  examples(withDiagnostics(command), [
    ['podloom synth', 'all pipelines, all targets, to dist/'],
    ['podloom synth imagenet --target argo', 'one pipeline'],
    ['podloom synth --check', 'in CI: is dist/ what the pipelines say?'],
    ['podloom synth --stdout --target jobs', 'look at the manifests'],
    ['podloom synth --diagnostics sarif', 'problems for code scanning'],
  ]).action(async (pipelines: string[], options) =>
    finish(await (await import('./commands/synth.ts')).synth(ports, pipelines, options)),
  );
}

function addValidate(program: Command, ports: Ports, finish: Finish): void {
  const command = program
    .command('validate [files...]')
    .summary('check manifests against the schemas')
    .description(
      'Checks manifests (default: all of the output folder) against the schemas of Kubernetes and Argo, strictly:\nin process, and with kubeconform where it is there.',
    )
    .option('--profile <file>', 'YAML or JSON file that describes the cluster')
    .option('--json', 'print the result as JSON');
  examples(withDiagnostics(command), [
    ['podloom validate', 'everything in dist/'],
    ['podloom validate dist/argo/imagenet.yaml', 'one file'],
  ]).action(async (files: string[], options) =>
    finish(await (await import('./commands/validate.ts')).validate(ports, files, options)),
  );
}

function addGraph(program: Command, ports: Ports, finish: Finish): void {
  const command = program
    .command('graph <pipeline>')
    .summary('draw a pipeline')
    .description('Draws the tasks of a pipeline (an id or a file) with their numbers of items, replicas and GPUs.')
    .addOption(choice('--format <format>', 'what to draw', ['mermaid', 'dot', 'svg', 'json'], 'mermaid'))
    .option('--out <file>', 'write to a file instead of stdout');
  examples(withDiagnostics(command), [
    ['podloom graph imagenet', 'Mermaid, for Markdown'],
    ['podloom graph imagenet --format svg --out imagenet.svg', 'a picture'],
  ]).action(async (pipeline: string, options) =>
    finish(await (await import('./commands/graph.ts')).graph(ports, pipeline, options)),
  );
}

function addReport(program: Command, ports: Ports, finish: Finish): void {
  const command = program
    .command('report [run]')
    .summary('write the report of a run')
    .description(
      'Writes one HTML file that shows a run (a name, or the path of its folder; default: the last): tasks, timeline, failures\nand a table of all items. It needs nothing but the folder of the run, and prints where it is.',
    )
    .option('--logdir <folder>', 'where runs are kept (default: runs)')
    .option('--out <file>', 'file to write (default: report.html in the folder of the run)');
  examples(withDiagnostics(command), [
    ['podloom report', 'the run that was started last'],
    ['podloom report words-3', 'a run by its name'],
    ['podloom report ./artifacts/words-3 --out words-3.html', 'a folder from elsewhere'],
  ]).action(async (run: string | undefined, options) =>
    finish(await (await import('./commands/report.ts')).report(ports, run, options)),
  );
}

function addProfile(program: Command, ports: Ports, finish: Finish): void {
  const command = program
    .command('profile')
    .summary('describe a cluster')
    .description(
      'Reads from a cluster what the compiler can use, for `podloom synth --profile`: versions, nodes with their GPUs, zones, labels\nand taints, PriorityClasses, and which kinds of Argo and others are installed. Nodes that are not ready or cordoned are left out.',
    )
    .option('--out <file>', 'write to a file instead of stdout');
  examples(withDiagnostics(withConnection(command)), [
    ['podloom profile --out profile.yaml', 'of the current context'],
    ['podloom synth --profile profile.yaml', 'with checks against that cluster'],
  ]).action(async (options) => finish(await (await import('./commands/profile.ts')).profile(ports, options)));
}

function addExplain(program: Command, ports: Ports, finish: Finish): void {
  const command = program
    .command('explain [code]')
    .summary('explain a diagnostic')
    .description('Explains a diagnostic: why it is so, and code that causes it. Without a code: lists all.');
  examples(command, [['podloom explain PL100', 'what is behind PL100']]).action(async (code: string | undefined) =>
    finish(await (await import('./commands/explain.ts')).explain(ports, code)),
  );
}

function addInit(program: Command, ports: Ports, finish: Finish): void {
  const command = program
    .command('init [folder]')
    .summary('start a project')
    .description(
      'Writes a project that works: a pipeline, its test, a workflow for GitHub. Files that are there are left as they are.',
    );
  examples(command, [['podloom init my-pipelines', 'in a new folder']]).action(async (folder: string | undefined) =>
    finish(await (await import('./commands/init.ts')).init(ports, folder)),
  );
}

function addCompletion(program: Command, ports: Ports, finish: Finish): void {
  const command = program
    .command('completion')
    .summary('completion for a shell')
    .description('Prints a script that makes a shell complete commands, flags and pipelines.')
    .argument('<shell>', 'bash, zsh or fish');
  examples(command, [
    ['source <(podloom completion bash)', 'in ~/.bashrc'],
    ['source <(podloom completion zsh)', 'in ~/.zshrc'],
    ['podloom completion fish | source', 'in config.fish'],
  ]).action(async (shell: string) =>
    finish(await (await import('./commands/completion.ts')).completion(ports, program, shell)),
  );
}
