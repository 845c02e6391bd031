import { type Command, Option } from 'commander';
import { examples } from './help.ts';
import { choice, several, withCluster, withDiagnostics } from './options.ts';
import type { Finish, Ports } from './ports.ts';
import { withFollowing, withLogdir } from './program-runs.ts';

const TARGETS = ['argo', 'jobs'];

/** Commands that bring manifests to a cluster. */
export function addApplyCommands(program: Command, ports: Ports, finish: Finish): void {
  addApply(program, ports, finish);
  addDiff(program, ports, finish);
  addRbac(program, ports, finish);
}

function withPlan(command: Command): Command {
  return command
    .addOption(choice('--target <target>', 'what to compile to (default: of the configuration, else jobs)', TARGETS))
    .option('--profile <file>', 'YAML or JSON file that describes the cluster')
    .option('--prune', 'also remove what an earlier apply made and the pipelines no longer have')
    .option('--force-conflicts', 'take over fields that somebody else manages');
}

function addApply(program: Command, ports: Ports, finish: Finish): void {
  const command = program
    .command('apply [pipeline]')
    .summary('apply pipelines to a cluster, or run one and watch it')
    .description(
      'Applies to the cluster what GitOps would (all pipelines, or one), by server-side apply as field manager "podloom", and says first\nwhat changes. With --watch runs the pipeline as Jobs, in a run of the same name, to its end: the same command again goes on from\nthere, and skips items that are done. With --watch --target argo the run is a Workflow of that name: the same command again\nfollows it, also after its end, and runs nothing again.',
    )
    .option('-w, --watch', 'run the pipeline and follow it')
    .addOption(
      new Option('--detach', 'and start a run that goes on in the cluster when this machine does not').conflicts([
        'watch',
        'dryRun',
      ]),
    )
    .option('-p, --parameter <name=value>', 'of the run, a parameter; may be given several times', several)
    .addOption(
      choice('--dry-run <where>', 'client: print the objects; server: ask the API server what would change', [
        'client',
        'server',
      ]).conflicts('watch'),
    )
    .option('-y, --yes', 'do not ask before the first write');
  examples(withDiagnostics(withCluster(withLogdir(withFollowing(withPlan(command))))), [
    ['podloom apply words', 'what GitOps would apply'],
    ['podloom apply --dry-run=server', 'of all pipelines, only what would change'],
    ['podloom apply words --watch', 'run it, or go on with it'],
    ['podloom apply words --watch --rerun all', 'run all of it again'],
    ['podloom apply words --watch --target argo', 'the same as a Workflow'],
    ['podloom apply words --detach', 'run it without this machine; `podloom attach` follows it'],
  ]).action(async (pipeline: string | undefined, options) =>
    finish(await (await import('./commands/apply.ts')).apply(ports, pipeline, options)),
  );
}

function addDiff(program: Command, ports: Ports, finish: Finish): void {
  const command = program
    .command('diff [pipeline]')
    .summary('what `apply` would change')
    .description(
      'Prints how the cluster differs from what `podloom apply` would make of it, as the API server sees it (a dry run).\nValues of Secrets are masked. Exits with 0 when there are no differences, 1 when there are, 2 or 3 after an error.',
    );
  examples(withDiagnostics(withCluster(withPlan(command))), [
    ['podloom diff', 'of all pipelines'],
    ['podloom diff words --prune', 'also what would be removed'],
  ]).action(async (pipeline: string | undefined, options) =>
    finish(await (await import('./commands/diff.ts')).diff(ports, pipeline, options)),
  );
}

function addRbac(program: Command, ports: Ports, finish: Finish): void {
  const command = program
    .command('rbac [pipeline]')
    .summary('print the least Role that works')
    .description(
      'Prints the permissions that running pipelines (one, or all) takes, as a Role; what has to hold for the whole cluster (PriorityClasses)\nas a ClusterRole. Asks no cluster.',
    )
    .addOption(
      choice('--for <use>', '`podloom run`, or `podloom apply` of what GitOps would apply', ['run', 'apply'], 'run'),
    )
    .addOption(
      choice(
        '--target <target>',
        'what is run or applied (default: jobs; for apply that of the configuration)',
        TARGETS,
      ),
    )
    .option('--profile <file>', 'YAML or JSON file that describes the cluster')
    .option('-n, --namespace <name>', 'namespace of the Role (default: of the pipeline, else none is written)')
    .option('--user <name>', 'also print the binding to a user')
    .option('--group <name>', 'also print the binding to a group')
    .option('--service-account <[namespace:]name>', 'also print the binding to a ServiceAccount');
  examples(withDiagnostics(command), [
    ['podloom rbac words', 'look at it'],
    ['podloom rbac words --target argo', 'to run it as a Workflow'],
    ['podloom rbac words -n vision --user ada | kubectl apply -f -', 'let somebody run a pipeline'],
  ]).action(async (pipeline: string | undefined, options) =>
    finish(await (await import('./commands/rbac.ts')).rbac(ports, pipeline, options)),
  );
}
