import { expressionReferences } from '../ir/expression.ts';
import type { Pipeline } from '../ir/pipeline.ts';
import type { Edge, Task } from '../ir/task.ts';
import type { Clock } from './clock.ts';
import { brokenEdge, type Ended, edgeHolds, type TaskStatus } from './edges.ts';
import type { Engine } from './engine.ts';
import { holds } from './evaluate.ts';
import type { Emit, RunSummary } from './event.ts';
import { describeFailure, type Failure } from './failure.ts';
import { Fifo } from './fifo.ts';
import { lookupValue, missingInput } from './inputs.ts';
import { Pace } from './pace.ts';
import type { Rerun } from './rerun.ts';
import type { RunFolder } from './state/run-folder.ts';
import { type TaskHost, TaskRun } from './task-run.ts';
import type { RunValues } from './values.ts';

export interface ConductorOptions {
  readonly pipeline: Pipeline;
  readonly engine: Engine;
  readonly clock: Clock;
  readonly folder: RunFolder;
  readonly values: RunValues;
  readonly emit: Emit;
  /** Which done items run again. */
  readonly rerun: Rerun;
  /** So many items that stay done were made by another version of the task: told once for each task. */
  readonly outdated?: ((task: Task, count: number) => void) | undefined;
  /** Attempts that run at once, over all tasks. */
  readonly maxRunning: number;
  /** Of those, the ones that were let through and whose program does not run yet. Default: any number. */
  readonly maxPending?: number | undefined;
  /** Attempts that are started in a second, at most. Default: any number. */
  readonly submitRate?: number | undefined;
  /** Whether the first item that makes its task fail, or task that fails by itself, ends the main tasks. Default: the rest goes on. */
  readonly failFast?: boolean | undefined;
}

/** A task and what it still waits for. */
interface Node {
  readonly run: TaskRun;
  /** Edges whose upstream task has not come far enough to say whether they hold; exit tasks also wait for the main phase. */
  missing: number;
  /** Edges to this task. */
  readonly dependents: { readonly node: Node; readonly edge: Edge }[];
  opened: boolean;
}

/**
 * Runs a pipeline: tasks in the order of their edges, at most `maxRunning` attempts at once, the earliest ready task
 * first, exit tasks last. Time and memory grow linearly with tasks, edges and items.
 */
export class Conductor {
  readonly #options: ConductorOptions;
  readonly #nodes = new Map<string, Node>();
  readonly #byRun = new Map<TaskRun, Node>();
  /** Tasks with items that may start, each once. */
  readonly #ready = new Fifo<TaskRun>();
  readonly #isReady = new Set<TaskRun>();
  readonly #endedTasks = new Fifo<Node>();
  readonly #result = Promise.withResolvers<RunSummary>();
  #running = 0;
  /** Of those, the ones that wait for a node or an image. */
  #pending = 0;
  readonly #pace: Pace;
  /** Tasks that are opening or running. */
  #open = 0;
  #left = 0;
  #mainLeft = 0;
  #draining = false;
  #interrupted = false;
  #expired = false;
  #failure: Failure | undefined;
  #broken: { readonly error: unknown } | undefined;
  /** Attempts and other work that has not ended. */
  #underWay = 0;
  #started = 0;
  #cancelDeadline: () => void = () => {};

  constructor(options: ConductorOptions) {
    this.#options = options;
    this.#pace = new Pace(options.clock, options.submitRate ?? Number.POSITIVE_INFINITY, () => this.#pump());
    const host = this.#host();
    for (const task of options.pipeline.tasks) {
      const node: Node = { run: new TaskRun(task, host), missing: 0, dependents: [], opened: false };
      this.#nodes.set(task.name, node);
      this.#byRun.set(node.run, node);
    }
    for (const node of this.#nodes.values()) this.#connect(node);
    this.#left = this.#nodes.size;
  }

  /** Call once. Rejects when the run's files cannot be written. */
  run(): Promise<RunSummary> {
    const { pipeline, clock, emit, folder, values } = this.#options;
    this.#started = clock.now();
    const tasks = pipeline.tasks.map(({ name, origin }) => ({ name, origin }));
    const run = { run: values.run, pipeline: pipeline.name, folder: folder.path };
    emit({ kind: 'run-started', time: this.#started, ...run, tasks });
    if (pipeline.deadlineSeconds !== undefined) {
      this.#cancelDeadline = clock.after(pipeline.deadlineSeconds * 1000, () => this.#expire());
    }
    this.#draining = true;
    for (const node of this.#nodes.values()) if (node.missing === 0) this.#decide(node);
    if (this.#mainLeft === 0) this.#startExitPhase();
    this.#draining = false;
    this.#drain();
    return this.#result.promise;
  }

  /** Starts nothing more and ends what runs; the next run goes on from there. Exit tasks wait for it too. */
  interrupt(): void {
    if (this.#interrupted || this.#left === 0) return;
    this.#interrupted = true;
    this.#options.emit({ kind: 'interrupted', time: this.#options.clock.now(), running: this.#running });
    this.#stopAll({ kind: 'interrupted' });
  }

  /** Ends the run because of an error that it cannot survive: `run` rejects with it when all that runs has ended. */
  fail(error: unknown): void {
    if (this.#broken !== undefined) return;
    this.#broken = { error };
    this.#cancelDeadline();
    this.#stopAll({ kind: 'interrupted' });
    this.#endBroken();
  }

  #host(): TaskHost {
    const { engine, clock, folder, values, emit, rerun, outdated = () => {} } = this.#options;
    return {
      ...{ engine, clock, folder, values, emit, rerun, outdated },
      opened: (run) => this.#opened(this.#byRun.get(run)!),
      ready: (run) => this.#makeReady(run),
      freed: () => {
        this.#running--;
        this.#pump();
      },
      taken: () => {
        this.#running++;
      },
      pending: (change) => {
        this.#pending += change;
        if (change < 0) this.#pump();
      },
      failed: (run, item) => this.#failed(run, item),
      ended: (run) => {
        this.#endedTasks.push(this.#byRun.get(run)!);
        this.#drain();
      },
      background: (work) => this.#background(work),
    };
  }

  #connect(node: Node): void {
    const { task } = node.run;
    for (const edge of task.after) {
      const upstream = this.#nodes.get(edge.task);
      if (upstream === undefined) continue;
      node.missing++;
      upstream.dependents.push({ node, edge });
      if (edge.on === 'itemwise') upstream.run.followers.push(node.run);
    }
    if (task.phase === 'exit') node.missing++;
    else this.#mainLeft++;
  }

  #makeReady(run: TaskRun): void {
    if (this.#isReady.has(run) || !run.startable) return;
    this.#isReady.add(run);
    this.#ready.push(run);
    this.#pump();
  }

  /** Fills the window. A task leaves the queue when it can start nothing more for now. */
  #pump(): void {
    const { maxRunning, maxPending = Number.POSITIVE_INFINITY } = this.#options;
    while (this.#broken === undefined && this.#running < maxRunning && this.#pending < maxPending) {
      const run = this.#ready.peek();
      if (run === undefined) return;
      if (run.startable) {
        if (!this.#pace.take()) return;
        this.#running++;
        run.start();
      } else {
        this.#ready.shift();
        this.#isReady.delete(run);
      }
    }
  }

  #opened(node: Node): void {
    node.opened = true;
    for (const { node: dependent, edge } of node.dependents) if (edge.on === 'itemwise') this.#approach(dependent);
  }

  #approach(node: Node): void {
    if (--node.missing === 0) this.#decide(node);
  }

  /** One by one rather than by recursion: thousands of tasks in a row may end at once. */
  #drain(): void {
    if (this.#draining) return;
    this.#draining = true;
    for (let node = this.#endedTasks.shift(); node !== undefined; node = this.#endedTasks.shift()) this.#afterEnd(node);
    this.#draining = false;
    if (this.#left === 0) this.#finish();
    else if (this.#open === 0) this.#breakCycle();
  }

  #afterEnd(node: Node): void {
    this.#left--;
    const { status, started } = node.run.summary!;
    if (started !== undefined) this.#open--;
    if (status === 'failed') this.#failed(node.run, undefined);
    for (const { node: dependent, edge } of node.dependents) {
      if (edge.on === 'itemwise' && node.opened) continue;
      this.#approach(dependent);
    }
    if (node.run.task.phase === 'main' && --this.#mainLeft === 0) this.#startExitPhase();
  }

  #startExitPhase(): void {
    this.#cancelDeadline();
    const main = [...this.#nodes.values()].filter(({ run }) => run.task.phase === 'main');
    const bad = main.some(({ run }) => run.summary?.status === 'failed') || this.#expired;
    this.#options.values.status = bad ? 'Failed' : 'Succeeded';
    for (const node of this.#nodes.values()) if (node.run.task.phase === 'exit') this.#approach(node);
  }

  /** All edges can be judged: opens the task, or ends it without. */
  #decide(node: Node): void {
    const { run } = node;
    const { task } = run;
    const verdict = this.#verdict(task);
    if (verdict !== undefined) {
      run.end(...verdict);
      return;
    }
    this.#open++;
    const itemwise = task.after.filter((edge) => edge.on === 'itemwise').map((edge) => this.#nodes.get(edge.task)!.run);
    this.#background(
      run.open(
        task.after.some((edge) => this.#isNew(edge) && !this.#options.rerun.judgesList(task, edge.task)),
        itemwise,
      ),
    );
  }

  /** How and why a task ends without being opened, if it does. */
  #verdict(task: Task): [TaskStatus, string?] | undefined {
    if (this.#interrupted || this.#broken !== undefined) return ['interrupted'];
    if (this.#expired && task.phase === 'main') return ['neverRan', 'the pipeline was over its deadline'];
    if (this.#failure !== undefined && task.phase === 'main') return ['neverRan', describeFailure(this.#failure)];
    const broken = task.after.find((edge) => !this.#edgeHolds(edge));
    return broken === undefined ? this.#when(task) : ['neverRan', this.#brokenEdge(broken)];
  }

  #edgeHolds(edge: Edge): boolean {
    const run = this.#nodes.get(edge.task)?.run;
    if (run === undefined) return false;
    return run.summary === undefined || edgeHolds(edge, endedOf(run));
  }

  #brokenEdge(edge: Edge): string {
    return brokenEdge(edge, this.#nodes.get(edge.task)?.run.summary?.status ?? 'neverRan');
  }

  #when(task: Task): ['skipped' | 'failed', string] | undefined {
    if (task.when === undefined) return undefined;
    const { values } = this.#options;
    const missing = missingInput(expressionReferences(task.when), values);
    if (missing !== undefined) return ['failed', `its condition needs the output "${missing}", and there is none`];
    return holds(task.when, (reference) => lookupValue(reference, values))
      ? undefined
      : ['skipped', 'its `when` does not hold'];
  }

  /** Whether what the edge leads to has changed in this run, so that what was done after it before is out of date. */
  #isNew(edge: Edge): boolean {
    if (edge.on === 'itemwise') return false; // judged item by item
    const summary = this.#nodes.get(edge.task)?.run.summary;
    if (summary === undefined) return false;
    const news = edge.on === 'failed' || edge.on === 'allFailed' ? summary.failed : summary.succeeded;
    return news > 0;
  }

  #expire(): void {
    this.#expired = true;
    this.#stopAll({ kind: 'deadline', of: 'pipeline', seconds: this.#options.pipeline.deadlineSeconds! });
  }

  /** `item`: undefined when the task failed by itself. */
  #failed({ task }: TaskRun, item: string | undefined): void {
    if (this.#options.failFast !== true || this.#failure !== undefined || task.phase !== 'main') return;
    if (this.#expired || this.#interrupted) return;
    this.#failure = { kind: 'failFast', task: task.name, item };
    this.#stopAll(this.#failure);
  }

  #stopAll(failure: Failure): void {
    for (const { run } of this.#nodes.values()) {
      if (failure.kind === 'interrupted' || run.task.phase === 'main') run.stop(failure);
    }
    // Tasks that wait are judged as those before them end.
  }

  /** Nothing runs and yet tasks wait: they wait for each other, which the compiler reports as a cycle. */
  #breakCycle(): void {
    const waiting = [...this.#nodes.values()].find(({ run }) => run.summary === undefined);
    waiting?.run.end('neverRan', 'it waits for itself');
  }

  #background(work: Promise<void>): void {
    this.#underWay++;
    work
      .catch((error: unknown) => this.fail(error))
      .finally(() => {
        this.#underWay--;
        this.#endBroken();
      });
  }

  /** A run that is broken ends when nothing of it is under way any more. */
  #endBroken(): void {
    if (this.#broken !== undefined && this.#underWay === 0) this.#result.reject(this.#broken.error);
  }

  #finish(): void {
    this.#cancelDeadline();
    this.#pace.close();
    if (this.#broken !== undefined) return;
    const { pipeline, values, clock, emit } = this.#options;
    const tasks = [...this.#nodes.values()].map(({ run }) => run.summary!);
    const bad = this.#expired || tasks.some((task) => task.failed > 0 || task.status === 'failed');
    const status = this.#interrupted ? 'interrupted' : bad ? 'failed' : 'succeeded';
    const ended = clock.now();
    const summary: RunSummary = {
      ...{ run: values.run, pipeline: pipeline.name, status, tasks, started: this.#started, ended },
    };
    emit({ kind: 'run-ended', time: ended, summary });
    this.#result.resolve(summary);
  }
}

function endedOf(run: TaskRun): Ended {
  const { status, total, succeeded, kept, failed } = run.summary!;
  return { status, total, done: succeeded + kept, failed };
}
