import { type Command, InvalidArgumentError, Option } from 'commander';
import { examples } from './help.ts';
import { choice, positiveInteger, seconds, withCluster, withDiagnostics } from './options.ts';
import type { Finish, Ports } from './ports.ts';
import { outputFormats } from './run-reporter.ts';

/** What qupods calls its flags; some have no meaning here, and are taken all the same. */
interface QupodsFlags {
  readonly maxpending?: number;
  readonly maxrunning?: number;
  readonly nowait?: true;
  readonly norerun?: true;
  readonly dryrun?: true;
  /** Logs that are there say nothing. */
  readonly N?: true;
}

/** `podloom items`: lists of items without a pipeline. */
export function addItems(program: Command, ports: Ports, finish: Finish): void {
  const group = program
    .command('items')
    .summary('run a list of items, each as a pod')
    .description('Lists of items without a pipeline.');
  const command = group
    .command('run <template>')
    .summary('run a pod for each item')
    .description(
      'Makes a pod of a template (a manifest in YAML) for each item, a few at a time, and brings their logs: <logdir>/<pod>.log, or .err\nwhen it failed; then the pod is removed. In the texts of the template, {{.Item}}, {{.Index}} and {{.Values.<field>}} stand for the\nitem. Items whose .log is there are done, and what failed is run again. Ctrl-C detaches: the pods go on, and the same command\ngoes on with them. Takes the flags of qupods, too; podloom watches, so that --poll means nothing.',
    )
    .option('-i, --items <file>', 'file with an item on each line')
    .option('-j, --json <file>', 'JSON file with a list of objects (or .jsonl, one on each line)')
    .option('-b, --braces <pattern>', 'items as braces in bash: shard-{000..123}')
    .option('--logdir <folder>', 'where logs are kept', 'QUPODS')
    .option('--max-pending <n>', 'pods that are made but do not run yet, at most (default: 3)', positiveInteger)
    .option('--max-running <n>', 'pods at once, at most (default: 100000)', positiveInteger)
    .option('--pace <seconds>', 'between one pod and the next, at least', secondsOrNothing, 0)
    .option(
      '--pending-timeout <duration>',
      'a pod that has not started after so long fails (default: for ever without a node, 10m on one)',
      seconds,
    )
    .option('--rerun <what>', 'failed, all, or the name of a pod', 'failed')
    .option('--skip-failed', 'leave items alone whose .err is there')
    .option('--no-wait', 'end when all pods are made; the same command brings their logs later')
    .option('-P, --print-specs', 'print each pod that is made, as YAML')
    .option('--dry-run', 'print all pods as YAML and make none; needs no cluster')
    .option('-y, --yes', 'do not ask before the first write')
    .addOption(choice('--output <format>', 'how progress is told', outputFormats, 'human'))
    .addOption(new Option('--maxpending <n>').argParser(positiveInteger).hideHelp())
    .addOption(new Option('--maxrunning <n>').argParser(positiveInteger).hideHelp())
    .addOption(new Option('--poll <seconds>').argParser(secondsOrNothing).hideHelp())
    .addOption(new Option('--nowait').hideHelp())
    .addOption(new Option('--norerun').hideHelp())
    .addOption(new Option('--dryrun').hideHelp())
    .addOption(new Option('-N').hideHelp())
    .addOption(new Option('-v').hideHelp());
  examples(withDiagnostics(withCluster(command)), [
    ['podloom items run pod.yaml -i shards', 'a pod for each line of the file'],
    ["podloom items run pod.yaml -b 'shard-{000..123}' --max-running 40", 'at most 40 at once'],
    ['podloom items run pod.yaml -j sweep.json --dry-run', 'look at the pods'],
    ['podloom items run pod.yaml -i shards --kubectl "microk8s kubectl"', 'through kubectl'],
  ]).action(async (template: string, given) => {
    const flags = { ...given, ...fromQupods(given) };
    finish(await (await import('./commands/items.ts')).runItems(ports, template, flags));
  });
}

function fromQupods(given: QupodsFlags & { readonly [flag: string]: unknown }) {
  return {
    maxPending: given['maxPending'] ?? given.maxpending ?? 3,
    maxRunning: given['maxRunning'] ?? given.maxrunning ?? 100_000,
    wait: given.nowait === true ? false : given['wait'],
    skipFailed: given['skipFailed'] ?? given.norerun,
    dryRun: given['dryRun'] ?? given.dryrun,
    rerun: given.N === true ? 'all' : given['rerun'],
  };
}

/** Seconds, also 0 and parts of them, as qupods takes them. */
function secondsOrNothing(text: string): number {
  if (!/^\d{1,6}(?:\.\d{1,6})?$/.test(text)) throw new InvalidArgumentError('It has to be a number of seconds.');
  return Number(text);
}
