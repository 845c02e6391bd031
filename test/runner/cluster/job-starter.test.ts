import { expect, test } from 'vitest';
import type { RunJob } from '../../../src/ir/run-objects.ts';
import type { ClusterContext } from '../../../src/runner/cluster/context.ts';
import { JobStarter } from '../../../src/runner/cluster/job-starter.ts';
import type { JobView } from '../../../src/runner/cluster/job-view.ts';
import type { Launcher } from '../../../src/runner/cluster/launch.ts';
import { LiveJob } from '../../../src/runner/cluster/live-job.ts';
import { ManualClock } from '../rig/manual-clock.ts';

/** Jobs that exist on paper; `end` says how many indexes of one have ended. */
class Paper {
  readonly jobs: LiveJob[] = [];
  patches = 0;
  mostAtOnce = 0;
  readonly starter: JobStarter;

  constructor(window: number, pods: readonly number[]) {
    const context = {
      client: {
        patch: async () => {
          this.patches++;
        },
      },
      clock: new ManualClock(),
      namespace: 'n',
    } as unknown as ClusterContext;
    const launcher = {
      create: async ({ pods: count, unitsOf }: RunJob, parallelism: number) =>
        new LiveJob({ name: `job-${this.jobs.length}`, pods: count, unitsOf, isOld: false, parallelism }),
    } as unknown as Launcher;
    const started = (live: LiveJob): void => void this.jobs.push(live);
    const signal = new AbortController().signal;
    const jobs = pods.map((count) => ({ object: {}, pods: count, unitsOf: () => [] }));
    this.starter = new JobStarter({ context, launcher, maxRunning: window, live: [], started, signal }, jobs);
  }

  async end(job: number, ended: number): Promise<void> {
    this.jobs[job]!.view = { endedIndexes: ended } as JobView;
    await this.starter.advance();
    const atOnce = this.jobs.reduce((sum, { parallelism, left }) => sum + Math.min(parallelism, left), 0);
    this.mostAtOnce = Math.max(this.mostAtOnce, atOnce);
  }
}

test('Jobs of one task share its window: the next begins as the one before drains, and no more pods run than may', async () => {
  const paper = new Paper(80, [200, 200, 30]);
  await paper.starter.advance();
  expect(paper.jobs.map(({ parallelism }) => parallelism)).toEqual([80]);
  for (let job = 0; job < 3; job++) {
    const { pods } = paper.jobs[job]!;
    for (let ended = 0; ended <= pods; ended++) await paper.end(job, ended);
  }
  expect(paper.starter.finished).toBe(true);
  expect(paper.mostAtOnce).toBeLessThanOrEqual(80);
  expect(paper.jobs.map(({ parallelism }) => parallelism)).toEqual([80, 80, 30]);
  expect(paper.patches).toBeLessThanOrEqual(16);
});

test('a window of one moves on when the Job before has ended', async () => {
  const paper = new Paper(1, [2, 2]);
  await paper.starter.advance();
  await paper.end(0, 1);
  expect(paper.jobs).toHaveLength(1);
  await paper.end(0, 2);
  expect(paper.jobs).toHaveLength(2);
});

test('without a bound all Jobs start at once', async () => {
  const paper = new Paper(Number.POSITIVE_INFINITY, [10_000, 10_000, 7]);
  await paper.starter.advance();
  expect(paper.jobs).toHaveLength(3);
});
