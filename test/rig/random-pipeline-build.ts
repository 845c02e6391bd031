import { Construct } from 'constructs';
import {
  and,
  type Condition,
  type EdgeCondition,
  eq,
  ge,
  gt,
  type ItemsOf,
  type ListOutput,
  le,
  lt,
  ne,
  not,
  type OutputSpec,
  oneOf,
  or,
  type Pipeline,
  type Ref,
  type Scalar,
  Task,
  type TaskProps,
} from '../../src/index.ts';
import { fieldOf, makeItems } from './random-pipeline-items.ts';
import type { TaskShape } from './random-pipeline-task.ts';
import { makeOutputs, makeVolumes } from './random-pipeline-volumes.ts';

const comparisons = { eq, ne, lt, le, gt, ge };
const joins = { and, or };

type AnyTask = Task<unknown, OutputSpec>;
/** As in `parameters` of random-pipeline.ts. */
export type Parameters = { name: string; mode: { type: 'string' }; epochs: number; fast: boolean };

interface List {
  readonly items: ItemsOf<unknown> | undefined;
  readonly field: string | undefined;
}

/** A task that is there, with what decides what may refer to it. */
interface Made {
  readonly task: AnyTask;
  readonly props: TaskProps;
  /** A field of its items, when they are objects: a whole object is no text. */
  readonly field: string | undefined;
}

/**
 * Makes the tasks of one pipeline. What the shape asks for and does not go together (an edge on items of a task without
 * items) is left out, but where the pipeline is `wild`: that is for the checks to say.
 */
export class TaskBuilder {
  readonly #pipeline: Pipeline<Parameters>;
  readonly #wild: boolean;
  readonly #used: Set<string>;
  readonly #made: Made[] = [];

  constructor(pipeline: Pipeline<Parameters>, wild: boolean, used: Set<string>) {
    this.#pipeline = pipeline;
    this.#wild = wild;
    this.#used = used;
  }

  /** Ids that are already there are passed over, since constructs throws for them. */
  add(shape: TaskShape): void {
    const scope = this.#scope(shape.component);
    if (scope.node.tryFindChild(shape.id) !== undefined) return;
    const props: { -readonly [prop in keyof TaskProps]: TaskProps[prop] } = { ...shape.props };
    const first = this.#made.length === 0;
    if (first && !this.#wild) delete props.onExit;
    const edges = this.#edges(shape, props);
    const partner = edges.find(({ on }) => on === 'itemwise');
    const list =
      partner === undefined ? this.#items(shape) : { items: partner.made.props.forEach, field: partner.made.field };
    const items = list?.items;
    if (items !== undefined) props.forEach = items as never;
    else if (shape.replicas !== undefined) props.replicas = shape.replicas;
    if (shape.image !== undefined) props.image = shape.image;
    if (shape.volumes.length > 0) props.volumes = makeVolumes(shape.volumes, this.#used);
    if (!this.#wild) keepTogether(props, this.#pipeline.node.id, this.#isRunTimeList(items));
    const outputs = this.#outputs(shape, isPlain(props) && shape.program !== 'entrypoint' && shape.program !== 'args');
    if (outputs !== undefined) (props as { outputs: OutputSpec }).outputs = outputs;
    const when = shape.when && this.#when(shape, props);
    if (when !== undefined) props.when = when;
    const values = this.#values(shape, props, edges);
    Object.assign(props, program(shape, items === undefined ? undefined : list, values));
    if (!shape.dependency && edges.length > 0) props.after = edges.map(({ made, on }) => ({ task: made.task, on }));
    const task = new Task(scope, shape.id, props) as unknown as AnyTask;
    if (shape.dependency) for (const { made } of edges) task.node.addDependency(made.task);
    this.#record(shape, edges);
    this.#made.push({ task, props, field: list?.field });
    this.#props.push(props);
  }

  readonly #props: TaskProps[] = [];
  /** Of all tasks, as they were given to the constructor. */
  get props(): readonly TaskProps[] {
    return this.#props;
  }

  #scope(component: string | undefined): Construct {
    if (component === undefined) return this.#pipeline;
    return (
      (this.#pipeline.node.tryFindChild(component) as Construct | undefined) ?? new Construct(this.#pipeline, component)
    );
  }

  #edges(shape: TaskShape, props: TaskProps): { made: Made; on: EdgeCondition }[] {
    const chosen = new Map<Made, EdgeCondition>();
    for (const [number, on] of shape.edges) {
      const made = this.#made[number % this.#made.length];
      if (made === undefined || chosen.has(made)) continue;
      if (this.#wild) chosen.set(made, on);
      else if ((made.props.onExit ?? false) === (props.onExit ?? false)) chosen.set(made, possible(on, made, shape));
    }
    return [...chosen].map(([made, on]) => ({ made, on: shape.dependency ? 'succeeded' : on }));
  }

  #items(shape: TaskShape): List | undefined {
    if (shape.items === undefined) return undefined;
    if (shape.items !== 'of a task before') {
      return { items: makeItems(shape.items, this.#used), field: fieldOf(shape.items) };
    }
    const maker = this.#made.find(({ task, props }) => 'list' in task.outputs && isPlain(props));
    if (maker === undefined || (shape.props.onExit && !this.#wild)) return undefined;
    this.#used.add('items of a task');
    const { shape: kind } = (maker.task.props.outputs as OutputSpec)['list'] as ListOutput<unknown>;
    const items = maker.task.outputs['list'] as unknown as ItemsOf<unknown>;
    return { items, field: kind.kind === 'object' ? kind.fields[0] : undefined };
  }

  /** Some kinds leave only pods that run by themselves, through a program that podloom knows. */
  #outputs({ outputs }: TaskShape, simple: boolean): OutputSpec | undefined {
    if (outputs === undefined) return undefined;
    return makeOutputs(simple || this.#wild ? outputs : 'a number', this.#used);
  }

  #isRunTimeList(items: unknown): boolean {
    return this.#made.some(({ task }) => task.outputs['list'] !== undefined && task.outputs['list'] === items);
  }

  /** Texts that the task may use: parameters, the run, outputs of tasks before. */
  #values(shape: TaskShape, props: TaskProps, edges: readonly { made: Made; on: EdgeCondition }[]): unknown[] {
    const { parameters, run, status } = this.#pipeline;
    const values: unknown[] = [];
    if (shape.uses.values) {
      values.push(parameters.name, `${parameters.epochs} ${parameters.fast}`, run, parameters.mode);
      if (props.onExit) values.push(status);
      this.#used.add(props.onExit ? 'status' : 'run');
    }
    if (!shape.uses.outputs) return values;
    for (const made of this.#made) {
      const edge = edges.find((each) => each.made === made);
      const known = isPlain(made.props) && !props.onExit && (edge === undefined || edge.on === 'succeeded');
      if (!this.#wild && !known) continue;
      for (const name of ['loss', 'model', 'file']) if (name in made.task.outputs) values.push(made.task.outputs[name]);
    }
    return values;
  }

  #when(shape: TaskShape, props: TaskProps): Condition | undefined {
    const { parameters, status } = this.#pipeline;
    const loss = this.#made.find(({ task, props: own }) => 'loss' in task.outputs && isPlain(own))?.task.outputs[
      'loss'
    ];
    const parts = shape.when?.flatMap(({ value, operator }): Condition[] => {
      const given = { ...parameters, loss, status } as Record<string, Ref<Scalar> | undefined>;
      const left = given[value];
      const exit = props.onExit ?? false;
      if (left === undefined || (!this.#wild && (value === 'loss' ? exit : value === 'status' && !exit))) return [];
      const numeric = value === 'epochs' || value === 'loss';
      const ordering = operator !== 'eq' && operator !== 'ne' && operator !== 'oneOf';
      const chosen = ordering && !numeric && !this.#wild ? 'ne' : operator;
      const right = numeric ? 0.5 : value === 'fast' ? true : "it's {{x}} $(y)";
      this.#used.add(`condition.${chosen}`);
      if (chosen === 'oneOf') return [oneOf(left, [right as never])];
      return [comparisons[chosen](left as never, right as never)];
    });
    if (parts === undefined || parts.length === 0) return undefined;
    this.#used.add(`condition.${shape.join}`);
    return shape.join === 'not' ? not(and(...parts)) : joins[shape.join](...parts);
  }

  #record(shape: TaskShape, edges: readonly { on: EdgeCondition }[]): void {
    for (const { on } of edges) this.#used.add(shape.dependency ? 'node.addDependency' : `after ${on}`);
    if (shape.component !== undefined) this.#used.add('a component');
  }
}

/** One pod that always runs: its outputs are there for all that come after it. */
function isPlain(props: TaskProps): boolean {
  return props.forEach === undefined && props.replicas === undefined && props.when === undefined && !props.onExit;
}

/** The condition, or a plain one where the task before has no items that anybody could look at. */
function possible(on: EdgeCondition, { props }: Made, shape: TaskShape): EdgeCondition {
  if (on === 'succeeded' || on === 'failed' || on === 'completed') return on;
  const loop = props.forEach !== undefined && props.maxFailed === undefined && props.deadline === undefined;
  if (!loop || props.argoStrategy === 'job') return 'succeeded';
  return on === 'itemwise' && shape.edges.length > 1 ? 'completed' : on;
}

/** Leaves out what no task may have together. */
function keepTogether(
  props: { -readonly [prop in keyof TaskProps]: TaskProps[prop] },
  pipeline: string,
  runTime: boolean,
): void {
  // The name of a Service starts with a letter.
  if (/^[^a-z]/i.test(pipeline)) delete props.replicas;
  if (runTime) for (const prop of ['maxFailed', 'deadline', 'itemsPerPod', 'argoStrategy'] as const) delete props[prop];
  if (props.forEach === undefined) delete props.itemsPerPod;
  if (props.forEach === undefined || props.deadline !== undefined || props.maxFailed !== undefined) {
    if (props.argoStrategy === 'loop') delete props.argoStrategy;
  }
  if (props.timeout !== undefined && props.deadline === '1.5h') props.timeout = '5m';
}

function program(shape: TaskShape, list: List | undefined, values: readonly unknown[]): Partial<TaskProps> {
  const { words, uses, env } = shape;
  const loops = list !== undefined;
  const argv = (item: unknown, index: unknown): never[] => {
    const ofItem = uses.item && loops ? [item, `${index}-${words[0] ?? ''}`] : [];
    return ['work', ...words, ...values, ...ofItem] as never[];
  };
  const perItem = (({ item, index }: { item: unknown; index: unknown }) =>
    argv(list?.field === undefined ? item : (item as Record<string, unknown>)[list.field], index)) as never;
  const argvs = uses.item && loops ? perItem : argv(undefined, undefined);
  const environment = env && (uses.perItem && loops ? ((() => env) as never) : env);
  const common = environment === undefined ? {} : { env: environment };
  switch (loops && shape.program !== 'script' ? 'command' : shape.program) {
    case 'command':
      return { ...common, command: argvs };
    case 'script':
      return { ...common, script: shape.script, args: argvs };
    case 'args':
      return { ...common, args: argvs };
    case 'entrypoint':
      return common;
  }
}
