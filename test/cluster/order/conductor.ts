import { compile } from '../../../src/compile.ts';
import { Collector } from '../../../src/diagnostics/collector.ts';
import { expressionReferences } from '../../../src/ir/expression.ts';
import type { JsonObject } from '../../../src/ir/scalar.ts';
import type { Edge, Task } from '../../../src/ir/task.ts';
import { type Ended, edgeHolds, type TaskStatus } from '../../../src/runner/edges.ts';
import { holds } from '../../../src/runner/evaluate.ts';
import { lookupValue, missingInput, taskReferences } from '../../../src/runner/inputs.ts';
import { resolveParameters } from '../../../src/runner/parameters.ts';
import { RunValues } from '../../../src/runner/values.ts';
import { ITEMWISE_GATE } from '../../../src/targets/jobs/tasks.ts';
import { outputsName, parametersName } from '../../../src/targets/jobs/values.ts';
import { UPSTREAM_FAILED } from '../../../src/targets/pod/index.ts';
import type { ClusterRun, RunOutcome } from './cluster-run.ts';
import { FollowedObjects } from './follow-objects.ts';
import { isGood, type Job, mayTryAgain, objectsWithList, outputsOf, stateOf, unitsOf, withList } from './job-task.ts';
import { LAB_PROFILE } from './lab-profile.ts';

interface Node {
  /** With its items once they are known. */
  task: Task;
  /** Names of the Jobs of the attempt that is under way. */
  jobs: readonly string[];
  attempt: number;
  status: TaskStatus | undefined;
  done: number;
  failed: number;
  reason: string;
}

/**
 * Releases the Jobs of dist/jobs/<pipeline>.yaml in the order of the pipeline: the least that a conductor must do, with the pure
 * parts of the runner. It looks at everything anew whenever a Job or a pod changes.
 */
export async function runOnJobs(run: ClusterRun): Promise<RunOutcome> {
  const conductor = new Conductor(run);
  try {
    return await conductor.run();
  } finally {
    await conductor.close();
  }
}

class Conductor {
  readonly #run: ClusterRun;
  readonly #nodes: ReadonlyMap<string, Node>;
  readonly #objects: readonly { object: JsonObject; task?: string | undefined }[];
  readonly #jobs: FollowedObjects<Job>;
  readonly #values: RunValues;
  readonly #openedGates = new Set<string>();
  #expired = false;
  #deadline = Promise.withResolvers<void>();
  #exitPhase = false;

  constructor(run: ClusterRun) {
    const { client, namespace, pipeline, given } = run;
    this.#run = run;
    const blank = { jobs: [], attempt: 0, status: undefined, done: 0, failed: 0, reason: '' };
    this.#nodes = new Map(pipeline.tasks.map((task) => [task.name, { task, ...blank }]));
    const { bundles } = compile([pipeline], LAB_PROFILE, ['jobs']);
    this.#objects = bundles
      .flatMap(({ files }) => files)
      .filter(({ path }) => !path.endsWith('.gitops.yaml'))
      .flatMap(({ manifests }) => manifests);
    this.#values = new RunValues(pipeline.name, resolveParameters(pipeline, given, new Collector()));
    this.#jobs = new FollowedObjects(client, { apiVersion: 'batch/v1', kind: 'Job', namespace });
  }

  async close(): Promise<void> {
    await this.#jobs.close();
  }

  async run(): Promise<RunOutcome> {
    const { pipeline, pods, signal } = this.#run;
    await this.#applyShared();
    const stopWatching = this.#watchDeadline();
    const aborted = new Promise<never>((_, reject) =>
      signal.addEventListener('abort', () => reject(new Error(`the run did not end:\n${this.#trace().join('\n')}`))),
    );
    for (;;) {
      const news = [this.#jobs.changed, pods.changed, this.#deadline.promise];
      await this.#step();
      if ([...this.#nodes.values()].every(({ status }) => status !== undefined)) break;
      await Promise.race([...news, aborted]);
    }
    stopWatching();
    const nodes = [...this.#nodes.values()];
    const bad = this.#expired || nodes.some(({ status }) => status === 'failed');
    const tasks = pipeline.tasks.map(({ name }) => {
      const { status, task } = this.#nodes.get(name) as Node;
      return [name, { status: status as TaskStatus, units: unitsOf(task) }] as const;
    });
    return { run: bad ? 'failed' : 'succeeded', tasks: new Map(tasks), trace: this.#trace() };
  }

  #trace(): string[] {
    return [...this.#nodes.values()].map(
      ({ task, status, attempt, reason, jobs }) =>
        `${task.name}: ${status ?? 'open'}, attempt ${attempt}, ${reason} ${jobs.map((name) => JSON.stringify(this.#jobs.byName.get(name)?.status ?? {})).join(' ')}`,
    );
  }

  /** All that is no Job: items, services, parameters, outputs. */
  async #applyShared(): Promise<void> {
    const { client, pipeline } = this.#run;
    for (const { object } of this.#objects) if (object['kind'] !== 'Job') await client.apply(object);
    if (pipeline.parameters.length > 0) {
      const data = Object.fromEntries([...this.#values.parameters].map(([name, value]) => [name, String(value)]));
      await this.#patchConfigMap(parametersName(pipeline.name), data);
    }
  }

  async #patchConfigMap(name: string, data: { readonly [key: string]: string }): Promise<void> {
    const { client, namespace } = this.#run;
    const isRead = this.#objects.some(({ object }) => (object['metadata'] as JsonObject)['name'] === name);
    if (!isRead) return;
    await client.patch({ apiVersion: 'v1', kind: 'ConfigMap', name, namespace }, { data }, { type: 'merge' });
  }

  /** Gives what stops waiting for the deadline of the pipeline. */
  #watchDeadline(): () => void {
    const { deadlineSeconds } = this.#run.pipeline;
    if (deadlineSeconds === undefined) return () => {};
    const timer = setTimeout(() => {
      this.#expired = true;
      this.#deadline.resolve();
      this.#deadline = Promise.withResolvers();
    }, deadlineSeconds * 1000);
    return () => clearTimeout(timer);
  }

  /** Until nothing more follows from what is known. */
  async #step(): Promise<void> {
    for (let again = true; again; ) {
      again = false;
      for (const node of this.#nodes.values()) {
        if (node.status !== undefined) continue;
        again = (await (node.attempt === 0 ? this.#decide(node) : this.#look(node))) || again;
      }
      again = (await this.#startExitPhase()) || again;
    }
  }

  async #startExitPhase(): Promise<boolean> {
    const main = [...this.#nodes.values()].filter(({ task }) => task.phase === 'main');
    if (this.#exitPhase || main.some(({ status }) => status === undefined)) return false;
    this.#exitPhase = true;
    this.#values.status = this.#expired || main.some(({ status }) => status === 'failed') ? 'Failed' : 'Succeeded';
    await this.#patchConfigMap(outputsName(this.#run.pipeline.name), { status: this.#values.status });
    return true;
  }

  /** Starts a task or ends it without, once all its edges can be judged. */
  async #decide(node: Node): Promise<boolean> {
    const { task } = node;
    if (task.phase === 'exit' && !this.#exitPhase) return false;
    if (this.#expired && task.phase === 'main') return this.#end(node, 'neverRan', 'deadline');
    if (!task.after.every((edge) => this.#canJudge(edge))) return false;
    const broken = task.after.find((edge) => !this.#edgeHolds(edge));
    if (broken !== undefined) return this.#end(node, 'neverRan', `${broken.task} ${broken.on}`);
    if (task.when !== undefined) {
      const missing = missingInput(expressionReferences(task.when), this.#values);
      if (missing !== undefined) return this.#end(node, 'failed', `no output ${missing}`);
      if (!holds(task.when, (each) => lookupValue(each, this.#values))) return this.#end(node, 'skipped', 'when');
    }
    const missing = missingInput(taskReferences(task), this.#values);
    if (missing !== undefined) return this.#end(node, 'failed', `no output ${missing}`);
    if (!this.#hasRoom(node)) return false;
    return this.#start(node);
  }

  #canJudge({ task, on }: Edge): boolean {
    const upstream = this.#nodes.get(task) as Node;
    return upstream.status !== undefined || (on === 'itemwise' && upstream.attempt > 0);
  }

  #edgeHolds(edge: Edge): boolean {
    const { status, task, done, failed } = this.#nodes.get(edge.task) as Node;
    if (status === undefined) return true; // itemwise: its gates look at single items
    const ended: Ended = { status, total: unitsOf(task) ?? 1, done, failed };
    return edgeHolds(edge, ended);
  }

  /** The bound of the pipeline: Jobs are made only when what they may run fits. */
  #hasRoom(node: Node): boolean {
    const { maxRunning } = this.#run.pipeline;
    const running = [...this.#nodes.values()].filter(({ attempt, status }) => attempt > 0 && status === undefined);
    if (maxRunning === undefined || running.length === 0) return true;
    const window = ({ task }: Node): number =>
      task.forEach === undefined ? (task.replicas ?? 1) : Math.min(task.maxRunning ?? maxRunning, maxRunning);
    return [...running, node].reduce((sum, each) => sum + window(each), 0) <= maxRunning;
  }

  async #start(node: Node): Promise<boolean> {
    const { client } = this.#run;
    const { name, forEach } = node.task;
    let jobs = this.#objects
      .filter(({ task, object }) => task === name && object['kind'] === 'Job')
      .map(({ object }) => object);
    if (forEach?.items.kind === 'output') {
      const list = this.#values.output(forEach.items.task, forEach.items.output);
      node.task = withList(node.task, list?.kind === 'list' ? list.items : []);
      const objects = objectsWithList(this.#run.pipeline, node.task);
      for (const object of objects.shared) await client.apply(object);
      jobs = objects.jobs;
      if (unitsOf(node.task) === 0) jobs = [];
    }
    node.attempt++;
    if (jobs.length === 0) return this.#end(node, 'succeeded', 'no items');
    const created: string[] = [];
    for (const job of jobs) {
      const metadata = job['metadata'] as { readonly name: string };
      const attempt = node.attempt === 1 ? '' : `-${node.attempt}`;
      const called = { ...metadata, name: `${metadata.name}${attempt}` };
      created.push(called.name);
      const made = await client.create<Job>({ ...job, metadata: called });
      if (!this.#jobs.byName.has(called.name)) this.#jobs.byName.set(called.name, made);
    }
    node.jobs = created;
    return true;
  }

  /** What has become of the Jobs of a task. */
  async #look(node: Node): Promise<boolean> {
    const { pods, client, namespace } = this.#run;
    const jobs = node.jobs.flatMap((name) => this.#jobs.byName.get(name) ?? []);
    const state = stateOf(jobs);
    node.done = state.succeeded.size;
    node.failed = state.failed.size;
    if (this.#expired && node.task.phase === 'main' && !state.ended) {
      for (const name of node.jobs) await client.delete({ apiVersion: 'batch/v1', kind: 'Job', name, namespace });
      return this.#end(node, 'failed', 'deadline');
    }
    if (!state.ended) {
      await this.#openGates(node);
      return false;
    }
    const reason = state.reasons.join(' ');
    if (!isGood(node.task, state)) {
      return mayTryAgain(node.task, node.attempt, state) ? this.#start(node) : this.#end(node, 'failed', reason);
    }
    const records = pods.of(node.task.name);
    // The Job may be known to have ended before its last pod is.
    if (node.task.outputs.length > 0 && !records.some(({ phase }) => phase === 'Succeeded')) return false;
    const outputs = outputsOf(node.task, records);
    if (typeof outputs === 'string') return this.#end(node, 'failed', outputs);
    this.#values.addOutputs(node.task.name, outputs);
    const texts = [...outputs.keys()].map((name) => [
      `${node.task.name}.${name}`,
      this.#values.outputText(node.task.name, name),
    ]);
    if (texts.length > 0) await this.#patchConfigMap(outputsName(this.#run.pipeline.name), Object.fromEntries(texts));
    return this.#end(node, 'succeeded', reason);
  }

  #end(node: Node, status: TaskStatus, reason: string): true {
    node.status = status;
    node.reason = reason;
    return true;
  }

  /** Items whose item upstream succeeded may start; those whose item failed fail with it. */
  async #openGates(node: Node): Promise<void> {
    const { client, namespace, pods } = this.#run;
    const upstream = node.task.after
      .filter(({ on }) => on === 'itemwise')
      .map(({ task }) => this.#nodes.get(task) as Node);
    if (upstream.length === 0) return;
    for (const { index = 0, uid, name, pod } of pods.of(node.task.name)) {
      const gates = pod.spec.schedulingGates as readonly { name: string }[] | undefined;
      if (this.#openedGates.has(uid) || !gates?.some((gate) => gate.name === ITEMWISE_GATE)) continue;
      const verdicts = upstream.map((each) => this.#itemVerdict(each, index));
      const ref = { apiVersion: 'v1', kind: 'Pod', name, namespace };
      if (verdicts.includes('failed')) {
        this.#openedGates.add(uid);
        const condition = { type: UPSTREAM_FAILED, status: 'True', lastTransitionTime: new Date().toISOString() };
        const status = { phase: 'Failed', conditions: [condition] };
        await client.patch(ref, { status }, { type: 'strategic', subresource: 'status' });
      } else if (!verdicts.includes('open')) {
        this.#openedGates.add(uid);
        await client.patch(ref, [{ op: 'remove', path: '/spec/schedulingGates' }], { type: 'json' });
      }
    }
  }

  #itemVerdict({ status, jobs }: Node, index: number): 'succeeded' | 'failed' | 'open' {
    if (status === 'skipped') return 'succeeded';
    const state = stateOf(jobs.flatMap((name) => this.#jobs.byName.get(name) ?? []));
    if (state.succeeded.has(index)) return 'succeeded';
    return state.failed.has(index) || status !== undefined ? 'failed' : 'open';
  }
}
