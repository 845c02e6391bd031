import { App } from 'cdk8s';
import { Items, Pipeline, Task } from 'podloom';
import { lowerPipeline } from '../../../../src/constructs/lower/pipeline.ts';
import { Collector } from '../../../../src/diagnostics/collector.ts';
import type { Pipeline as PipelineData } from '../../../../src/ir/pipeline.ts';
import { SCRIPT_PREFIX } from '../../rig/kwok-script.ts';

type Script = { readonly [key: string]: string | number };

/** What a simulated pod does; see test/cluster/rig/kwok-script.ts. */
function plays(script: Script) {
  const entries = Object.entries(script).map(([key, value]) => [`${SCRIPT_PREFIX}${key}`, String(value)]);
  return { command: ['true'], annotations: Object.fromEntries(entries) };
}

function loops(script: Script) {
  const { annotations } = plays(script);
  return { command: ({ index }: { readonly index: unknown }) => ['echo', `${index}`], annotations };
}

type Make = (app: App) => Pipeline;

/** Pipelines that a runner in a process of its own can be told to run. */
const pipelines: { readonly [name: string]: Make } = {
  /** Items, some of which fail for good or at first, then one task, then an exit task. */
  plain(app) {
    const p = new Pipeline(app, 'plain', { image: 'busybox:1' });
    const many = new Task(p, 'many', {
      forEach: Items.range(0, 30),
      maxRunning: 8,
      maxFailed: 4,
      ...loops({ 'run-milliseconds': 400, 'fail-indexes': '3,17', 'exit-code': 4 }),
    });
    const flaky = new Task(p, 'flaky', {
      forEach: Items.range(0, 6),
      retries: 1,
      ...loops({ 'run-milliseconds': 200, 'fail-indexes': '1,2', 'fail-attempts': 1 }),
    });
    new Task(p, 'end', { after: [many, flaky], ...plays({ 'run-milliseconds': 100 }) });
    new Task(p, 'clean', { onExit: true, ...plays({ 'run-milliseconds': 100 }) });
    return p;
  },
  /** An exact window over two tasks with an itemwise edge; an item that fails refuses the same item downstream. */
  gated(app) {
    const p = new Pipeline(app, 'gated', { image: 'busybox:1', maxRunning: 6 });
    const up = new Task(p, 'up', {
      forEach: Items.range(0, 20),
      maxFailed: 2,
      ...loops({ 'run-milliseconds': 300, 'fail-indexes': '5', 'exit-code': 3 }),
    });
    new Task(p, 'down', {
      forEach: Items.range(0, 20),
      after: { task: up, on: 'itemwise' },
      maxFailed: 2,
      ...loops({ 'run-milliseconds': 300 }),
    });
    return p;
  },
  /** Items with a retry left, so that somebody may take one pod of each away. */
  spare(app) {
    const p = new Pipeline(app, 'spare', { image: 'busybox:1' });
    const spare = { retries: 3, ...loops({ 'run-milliseconds': 1500 }) };
    const first = new Task(p, 'first', { forEach: Items.range(0, 16), maxRunning: 8, ...spare });
    new Task(p, 'second', { forEach: Items.range(0, 4), after: first, ...spare });
    return p;
  },
  /** Items with two attempts: some succeed with the second one, others never. */
  again(app) {
    const p = new Pipeline(app, 'again', { image: 'busybox:1' });
    const common = { 'run-milliseconds': 1500, 'fail-indexes': '1,2' };
    const items = { forEach: Items.range(0, 4), retries: 1, maxFailed: 2 };
    new Task(p, 'twice', { ...items, ...loops({ ...common, 'fail-attempts': 1 }) });
    new Task(p, 'never', { ...items, ...loops(common) });
    return p;
  },
  /** Programs that print for longer than logs are left alone, so that they are followed. */
  talks(app) {
    const p = new Pipeline(app, 'talks', { image: 'busybox:1' });
    new Task(p, 'talks', { forEach: Items.range(0, 6), ...loops({ 'run-milliseconds': 12_000 }) });
    return p;
  },
  /** One that goes on for longer than the API server believes a token that it has seen. */
  slow(app) {
    const p = new Pipeline(app, 'slow', { image: 'busybox:1' });
    new Task(p, 'slow', { forEach: Items.range(0, 24), maxRunning: 4, ...loops({ 'run-milliseconds': 3000 }) });
    return p;
  },
};

/** One that runs for long enough that things can be done to it. */
export function lasting(items: number, millis: number, more: object = {}): PipelineData {
  const p = new Pipeline(new App(), 'lasting', { image: 'busybox:1' });
  new Task(p, 'items', { forEach: Items.range(0, items), ...more, ...loops({ 'run-milliseconds': millis }) });
  return lowered(p);
}

export function pipelineNamed(name: string): PipelineData {
  return lowered(pipelines[name]!(new App()));
}

/** Throws with the diagnostics when the pipeline is not valid. */
export function lowered(pipeline: Pipeline): PipelineData {
  const diagnostics = new Collector();
  const data = lowerPipeline(pipeline as never, diagnostics);
  if (diagnostics.hasErrors) throw new Error(JSON.stringify(diagnostics.sorted(), undefined, 2));
  return data;
}
