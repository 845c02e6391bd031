import type { Command } from 'commander';
import { examples } from './help.ts';
import { seconds, wholeNumber, withCluster, withDiagnostics } from './options.ts';
import type { Finish, Ports } from './ports.ts';
import { withLogdir } from './program-runs.ts';

const WEEK_SECONDS = 7 * 24 * 3600;

export function addGc(program: Command, ports: Ports, finish: Finish): void {
  const command = program
    .command('gc [runs...]')
    .summary('remove what old runs have left')
    .description(
      'Removes runs of the namespace that have ended, with their Jobs and pods, Workflows and conductors, and the ConfigMaps of items and\nplans that nothing uses any more; with --local folders of runs on this machine. Lists them first. A run stays that goes on or is in\nthe hands of a runner, whatever is said. Of named runs (and only of those) age and logs do not matter.',
    )
    .option('--older-than <duration>', 'whose end is so long ago (default: 7d)', seconds, WEEK_SECONDS)
    .option('--keep <n>', 'so many of each pipeline stay, the newest', wholeNumber, 3)
    .option('--uncollected', 'also runs whose logs nobody is known to have')
    .option('--local', 'folders of runs on this machine, with their logs')
    .option('--dry-run', 'only list what would be removed')
    .option('-y, --yes', 'do not ask');
  examples(withDiagnostics(withCluster(withLogdir(command))), [
    ['podloom gc --dry-run', 'what would go'],
    ['podloom gc --older-than 2d --keep 1 -n vision', 'more, in another namespace'],
    ['podloom gc words-x7k2p', 'this run'],
    ['podloom gc --local', 'old logs here'],
  ]).action(async (runs: readonly string[], options) =>
    finish(await (await import('./commands/gc.ts')).gc(ports, runs, options)),
  );
}
