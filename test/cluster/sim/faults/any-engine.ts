import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as timer } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { RunEvent } from '../../../../src/runner/event.ts';
import { TcpProxy } from '../../rig/proxy.ts';
import type { Here } from './here.ts';
import { FaultyNetwork, WATCH_ENDS } from './network.ts';
import type { Trial } from './trials.ts';

/** Something that happens to a run. */
export interface Fault {
  readonly name: string;
  readonly pipelines: readonly string[];
  /** Runs the pipeline, with the fault. Gives the exit code of the last runner. */
  work(trial: Trial): Promise<number>;
}

export const BOTH = ['plain', 'gated'];
const HOUR = 3_600_000;

/** What may happen to a runner and to its connection, whatever the engine. */
export const FAULTS_OF_ANY_ENGINE: readonly Fault[] = [
  {
    name: 'the runner is killed, twice',
    pipelines: BOTH,
    work: async (trial) => {
      for (let kill = 0; kill < 2; kill++) {
        const code = await killedAfter(trial, trial.random() * 6000);
        // A run that came to its end must not be run again: that would try what failed once more, as it should.
        if (code !== undefined) return code;
        trial.hit();
      }
      return (await trial.run()).exitCode;
    },
  },
  {
    name: 'Ctrl-C detaches, twice',
    pipelines: [...BOTH, 'talks'],
    work: async (trial) => {
      for (let time = 0; time < 2; time++) {
        const { exitCode } = await trial.run(
          {},
          { interrupt: AbortSignal.timeout(Math.round(1000 + trial.random() * 5000)) },
        );
        if (exitCode !== 130) return exitCode;
        trial.hit();
      }
      return (await trial.run()).exitCode;
    },
  },
  {
    name: 'the connection is reset, or silent, for some seconds',
    pipelines: BOTH,
    work: (trial) => withoutConnection(trial, trial.random() < 0.5 ? 'cut' : 'stall', 1000 + trial.random() * 4000),
  },
  {
    name: 'the connection is cut for 60 s',
    pipelines: BOTH,
    work: (trial) => withoutConnection(trial, trial.random() < 0.5 ? 'cut' : 'stall', 60_000),
  },
  {
    name: 'watches end without a word, again and again',
    pipelines: BOTH,
    work: (trial) =>
      withNetwork(trial, { watchIdleMillis: 4000 }, async (network) => {
        while (trial.going()) {
          await timer(300 + trial.random() * 2500);
          if (trial.going() && network.endWatches(WATCH_ENDS[Math.floor(trial.random() * WATCH_ENDS.length)]!) > 0)
            trial.hit();
        }
      }),
  },
  {
    name: 'a storm of 429, 500 and 503',
    pipelines: BOTH,
    work: (trial) =>
      withNetwork(trial, {}, async (network) => {
        if (!(await trial.moment())) return;
        network.isStormy = true;
        network.endWatches('reset');
        await timer(2000 + trial.random() * 8000);
        network.isStormy = false;
        if (network.disturbed > 10) trial.hit();
      }),
  },
  {
    name: 'logs are cut in the middle of a line',
    pipelines: ['talks', 'plain'],
    work: (trial) =>
      withNetwork(trial, {}, async (network) => {
        network.logsToCut = 25;
        while (trial.going()) await timer(100);
        if (network.disturbed > 5) trial.hit();
      }),
  },
  {
    name: 'the clock of this machine jumps',
    pipelines: [...BOTH, 'talks'],
    work: async (trial) => {
      let off = 0;
      const running = trial.run({ clockOff: () => off });
      while (trial.going()) {
        await timer(300 + trial.random() * 1500);
        off += (trial.random() - 0.5) * 2 * HOUR;
        if (trial.going()) trial.hit();
      }
      return (await running).exitCode;
    },
  },
];

/** A run whose connection to the API server is gone for so long. */
async function withoutConnection(trial: Trial, how: 'cut' | 'stall', millis: number): Promise<number> {
  const text = readFileSync(trial.here.kubeconfig, 'utf8');
  const port = /https:\/\/127\.0\.0\.1:(\d+)/.exec(text)![1]!;
  const proxy = await TcpProxy.listen({ host: '127.0.0.1', port: Number(port) });
  const through = join(trial.here.folder, 'kubeconfig');
  writeFileSync(through, text.replaceAll(`127.0.0.1:${port}`, `127.0.0.1:${proxy.port}`));
  const problems: (string | undefined)[] = [];
  const failing = (async () => {
    if (!(await trial.moment())) return;
    proxy[how]();
    await timer(millis, undefined, { signal: trial.ended }).catch(() => {}); // it noticed nothing
    proxy.mend();
  })();
  const emit = (event: RunEvent): void => void (event.kind === 'connection' && problems.push(event.problem));
  const { exitCode } = await trial.run({ kubeconfig: through }, { emit });
  await failing;
  await proxy.close();
  // A silent connection may come back before anybody noticed.
  if (problems.length > 0 || how === 'stall') trial.hit();
  // Lost, there again, lost, … A run may end before all of its watches are there again.
  for (const [place, problem] of problems.entries()) expect(problem === undefined).toBe(place % 2 === 1);
  return exitCode;
}

/** A run behind a network with which `disturb` does what it likes. */
export async function withNetwork(
  trial: Trial,
  there: Partial<Here>,
  disturb: (network: FaultyNetwork) => Promise<void>,
): Promise<number> {
  const network = await FaultyNetwork.start(trial.here.kubeconfig, trial.random);
  const through = join(trial.here.folder, 'kubeconfig');
  network.writeKubeconfig(through);
  const running = trial.run({ ...there, kubeconfig: through });
  await disturb(network);
  const { exitCode } = await running;
  await network.stop();
  return exitCode;
}

/** Starts a runner in a process of its own and kills it so long after its first event. Returns its exit code if it ended before. */
async function killedAfter({ here, pipeline }: Trial, millis: number): Promise<number | undefined> {
  const program = fileURLToPath(new URL('child.ts', import.meta.url));
  const argv = ['--conditions=podloom-source', program, pipeline, pipeline, JSON.stringify(here)];
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const begun = new Promise<void>((resolve) => child.stdout.once('data', () => resolve()));
  await Promise.race([begun, ended]);
  await Promise.race([timer(millis), ended]);
  child.kill('SIGKILL');
  await ended;
  return child.exitCode ?? undefined;
}
