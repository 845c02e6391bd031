import type { KubernetesClient } from '../../cluster/client.ts';
import type { ItemValue } from '../../ir/items.ts';
import type { Pipeline } from '../../ir/pipeline.ts';
import type { Task } from '../../ir/task.ts';
import type { Clock } from '../clock.ts';
import type { JobView } from '../cluster/job-view.ts';
import type { PodLogs } from '../cluster/pod-logs.ts';
import { brokenEdge, edgeHolds } from '../edges.ts';
import type { Emit, RunSummary } from '../event.ts';
import { firstDuplicate } from '../kept-units.ts';
import { parseList } from '../list.ts';
import type { RunFolder } from '../state/run-folder.ts';
import { unitsOf } from '../units.ts';
import type { ArgoPod } from './argo-pod.ts';
import { ArgoTask } from './argo-task.ts';
import { ArgoWatch } from './argo-watch.ts';
import { type EarlyWorkflows, isTooEarly } from './early-workflow.ts';
import type { KnownAttempts } from './known-attempts.ts';
import { NodeIndex } from './node-index.ts';
import { itemwiseTasks, outputsOf, type TaskNodes, taskNodes } from './task-nodes.ts';
import type { WorkflowView } from './workflow-view.ts';

export interface ArgoRunOptions {
  readonly pipeline: Pipeline;
  /** Names of the tasks' nodes. */
  readonly nodeNames: ReadonlyMap<string, string>;
  readonly client: KubernetesClient;
  readonly namespace: string;
  /** Name of the run, which is that of its Workflow. */
  readonly run: string;
  /** The Workflow, which is there. */
  readonly uid: string;
  readonly early: EarlyWorkflows;
  readonly folder: RunFolder;
  readonly clock: Clock;
  readonly logs: PodLogs;
  readonly known: KnownAttempts;
  readonly emit: Emit;
  /** To reporters only: what the record has already. */
  readonly show: Emit;
}

/** The nodes of the Workflow are in Argo's database, so that podloom cannot follow it. */
export class OffloadedNodes extends Error {
  override readonly name = 'OffloadedNodes';
}

/**
 * Follows a Workflow to its end. Argo orders, retries and judges; what happens is told in the same events, and written into the same
 * logs, as by the engines that do it themselves.
 */
export class ArgoRun {
  readonly #options: ArgoRunOptions;
  readonly #tasks: ReadonlyMap<string, ArgoTask>;
  readonly #itemwise: ReadonlySet<string>;
  readonly #jobs = new Map<string, JobView>();
  readonly #watch: ArgoWatch;
  readonly #leaving = new AbortController();
  readonly #result = Promise.withResolvers<RunSummary>();
  readonly #lists = new Map<string, readonly ItemValue[] | string>();
  /** Workflows that came before their template was known: they count as if they had never been. */
  readonly #tooEarly = new Set<string>();
  /** Of the Workflow; undefined while it is made again. */
  #uid: string | undefined;
  #workflow: WorkflowView | undefined;
  #index = new NodeIndex([]);
  #nodes = new Map<string, TaskNodes>();
  /** Someone has deleted the Workflow. */
  #isGone = false;
  #isInterrupted = false;
  #isUpdating = false;
  #isStale = false;
  #isSynced = false;
  #hasFailed = false;
  #started = 0;

  constructor(options: ArgoRunOptions) {
    this.#options = options;
    this.#uid = options.uid;
    const { client, clock, namespace, run, show } = options;
    this.#itemwise = itemwiseTasks(options.pipeline);
    this.#watch = new ArgoWatch({
      ...{ client, clock, namespace, run, emit: show },
      workflow: (view, isGone) => this.#guard(() => this.#seeWorkflow(view, isGone)),
      pod: (pod) => this.#guard(() => this.#seePod(pod)),
      job: (view, isGone) => this.#guard(() => this.#seeJob(view, isGone)),
      onError: (error) => this.fail(error),
    });
    this.#tasks = new Map(options.pipeline.tasks.map((task) => [task.name, new ArgoTask(task, this.#host())]));
  }

  /** Call once. Rejects when the run's files cannot be written, or what is in the cluster cannot be read. */
  run(): Promise<RunSummary> {
    const { pipeline, clock, emit, folder, run } = this.#options;
    this.#started = clock.now();
    const tasks = pipeline.tasks.map(({ name, origin }) => ({ name, origin }));
    emit({ kind: 'run-started', time: this.#started, run, pipeline: pipeline.name, folder: folder.path, tasks });
    const synced = this.#watch.start().then(() => {
      this.#isSynced = true;
      this.#update();
    });
    synced.catch((error: unknown) => this.fail(error));
    return this.#result.promise;
  }

  /** Tells no more; the Workflow goes on, and the next runner of the same name follows it. */
  interrupt(): void {
    if (this.#isInterrupted || this.#hasFailed) return;
    this.#isInterrupted = true;
    const open = [...this.#tasks.values()].filter(({ summary }) => summary === undefined);
    this.#options.emit({ kind: 'interrupted', time: this.#options.clock.now(), running: open.length });
    this.#leave(open).then(
      () => this.#finish(),
      (error: unknown) => this.#result.reject(error),
    );
  }

  /** Ends the run because of an error that it cannot survive. */
  fail(error: unknown): void {
    if (this.#hasFailed || this.#isInterrupted) return;
    this.#hasFailed = true;
    const reject = (): void => this.#result.reject(error);
    this.#leave([]).then(reject, reject);
  }

  async close(): Promise<void> {
    this.#watch.stop();
    this.#options.logs.close();
  }

  async #leave(tasks: readonly ArgoTask[]): Promise<void> {
    this.#leaving.abort();
    this.#watch.stop();
    this.#options.logs.close();
    await Promise.all(tasks.map((task) => task.leave()));
  }

  #host(): ConstructorParameters<typeof ArgoTask>[1] {
    const { client, clock, folder, logs, known, emit, show } = this.#options;
    return {
      ...{ client, clock, folder, logs, known, emit, show, leaving: this.#leaving.signal },
      index: () => this.#index,
      nodesOf: (task) => this.#nodesOf(task),
      job: (name) => this.#jobs.get(name),
      podsOf: (task) => this.#watch.podsOf(task),
      listOf: (task) => this.#listOf(task),
      isSynced: () => this.#isSynced,
      reasonOf: (task) => this.#reasonOf(task),
      ended: () => this.#update(),
      error: (error) => this.fail(error),
    };
  }

  #seeWorkflow(view: WorkflowView, isGone: boolean): void {
    if (this.#tooEarly.has(view.uid)) return;
    if (this.#uid !== undefined && view.uid !== this.#uid) return; // of an earlier run, on its way out
    if (view.nodes === undefined) throw new OffloadedNodes(this.#options.run);
    if (!isGone && isTooEarly(view) && !this.#options.early.isEnough) {
      this.#makeAgain(view.uid);
      return;
    }
    this.#isGone ||= isGone;
    // Of a Workflow that went during a gap in the watch, only the metadata is left.
    if (!isGone || view.nodes.length > 0) {
      this.#workflow = view;
      this.#index = new NodeIndex(view.nodes);
    }
    this.#nodes = new Map();
    this.#update();
  }

  #makeAgain(uid: string): void {
    this.#tooEarly.add(uid);
    this.#uid = undefined;
    this.#options.early.again(uid, this.#leaving.signal).then(
      (made) => {
        if (!this.#tooEarly.has(made)) this.#uid = made;
      },
      (error: unknown) => this.fail(error),
    );
  }

  #seePod(pod: ArgoPod): void {
    if (pod.task === undefined) return; // makes a Job
    this.#tasks.get(pod.task)?.pod(pod);
  }

  #seeJob(view: JobView, isGone: boolean): void {
    if (isGone) this.#jobs.delete(view.name);
    else this.#jobs.set(view.name, view);
    this.#tasks.get(view.task)?.update();
  }

  /** One pass after the other: the end of a task may end others. */
  #update(): void {
    this.#isStale = true;
    if (this.#isUpdating) return;
    this.#isUpdating = true;
    while (this.#isStale) {
      this.#isStale = false;
      for (const task of this.#tasks.values()) task.update();
    }
    this.#isUpdating = false;
    this.#settle();
  }

  get #hasEnded(): boolean {
    return this.#isGone || this.#workflow?.hasEnded === true;
  }

  #nodesOf(task: string): TaskNodes {
    const known = this.#nodes.get(task);
    if (known !== undefined) return known;
    const name = this.#options.nodeNames.get(task) ?? task;
    const nodes = taskNodes(name, this.#itemwise.has(task), this.#index, this.#hasEnded);
    this.#nodes.set(task, nodes);
    return nodes;
  }

  #reasonOf({ after }: Task): string | undefined {
    const ends = after.map((edge) => ({ edge, summary: this.#tasks.get(edge.task)?.summary }));
    if (ends.some(({ summary }) => summary === undefined)) return undefined;
    for (const { edge, summary } of ends) {
      const { status, total, succeeded, kept, failed } = summary!;
      if (!edgeHolds(edge, { status, total, done: succeeded + kept, failed })) return brokenEdge(edge, status);
    }
    return this.#workflow?.message || 'Argo never came to it';
  }

  #listOf(task: Task): readonly ItemValue[] | string | undefined {
    const items = task.forEach?.items;
    if (items?.kind !== 'output') return [];
    const key = `${items.task}.${items.output}`;
    const text = outputsOf(this.#nodesOf(items.task)).get(items.output);
    const known = this.#lists.get(key);
    if (known !== undefined || text === undefined) return known;
    const list = parseList(text, items.shape);
    const twice = 'problem' in list ? undefined : firstDuplicate(unitsOf(task, list));
    const problem =
      'problem' in list ? `the list ${key} ${list.problem}` : twice && `its list has the item "${twice}" twice`;
    const value = problem ?? (list as readonly ItemValue[]);
    this.#lists.set(key, value);
    return value;
  }

  /** When all is told, the run has ended. */
  #settle(): void {
    if (!this.#hasEnded || this.#leaving.signal.aborted) return;
    if ([...this.#tasks.values()].every(({ summary }) => summary !== undefined)) this.#finish();
  }

  #finish(): void {
    if (this.#hasFailed) return;
    const { pipeline, clock, emit, run } = this.#options;
    const tasks = pipeline.tasks.map(({ name }) => this.#tasks.get(name)!.summary!);
    const bad =
      this.#workflow?.phase !== 'Succeeded' || tasks.some(({ failed, status }) => failed > 0 || status === 'failed');
    const status = this.#isInterrupted ? 'interrupted' : bad ? 'failed' : 'succeeded';
    const ended = clock.now();
    const summary: RunSummary = { run, pipeline: pipeline.name, status, tasks, started: this.#started, ended };
    this.#leaving.abort();
    emit({ kind: 'run-ended', time: ended, summary });
    this.#result.resolve(summary);
  }

  /** A bug, or what cannot be read, ends the run; nothing is swallowed. */
  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.fail(error);
    }
  }
}
