import type { IConstruct } from 'constructs';
import { resolveOrigin } from '../../diagnostics/capture.ts';
import type { Code, ParamsOf } from '../../diagnostics/catalogue.ts';
import type { Collector } from '../../diagnostics/collector.ts';
import type { Origin } from '../../diagnostics/location.ts';
import type { Edge, VolumeMount, VolumeSource } from '../../ir/task.ts';
import { slugLabel } from '../../units/dns-name.ts';
import { didYouMean } from '../../units/suggest.ts';
import type { OutputSpec } from '../output.ts';
import type { Pipeline } from '../pipeline.ts';
import type { ParameterSpec, PipelineProps, TaskProps } from '../props.ts';
import { isTask, type Task } from '../task.ts';
import type { MountData } from '../volume.ts';
import { pipelineShape, taskShape } from './prop-shapes.ts';
import { read, type Shape } from './shape.ts';
import { callUser } from './user-code.ts';

export type AnyTask = Task<unknown, OutputSpec>;
export type AnyPipeline = Pipeline<ParameterSpec>;

/** What the lowering of one pipeline knows: its tasks, their names, and where to report. */
export class PipelineScope {
  readonly pipeline: AnyPipeline;
  readonly diagnostics: Collector;
  readonly origin: Origin;
  /** A copy of the props in which each is of its kind. */
  readonly props: PipelineProps<ParameterSpec>;
  /** In construction order. */
  readonly tasks: readonly AnyTask[];
  readonly names = new Map<object, string>();

  constructor(pipeline: AnyPipeline, diagnostics: Collector) {
    this.pipeline = pipeline;
    this.diagnostics = diagnostics;
    this.origin = resolveOrigin(pipeline.capture);
    this.props = readProps(pipelineShape, pipeline.props, this);
    this.tasks = tasksBelow(pipeline);
    const prefix = pipeline.node.path.length;
    for (const task of this.tasks) {
      this.names.set(task, slugLabel(task.node.path.slice(prefix).split('/').filter(Boolean).join('-')));
    }
  }

  /** What it is called in messages. */
  get title(): string {
    return `pipeline ${this.pipeline.node.path}`;
  }

  report<C extends Code>(code: C, params: ParamsOf<C>): void {
    this.diagnostics.report(code, params, { origin: this.origin });
  }

  /** The value as the shape has it, or undefined and diagnostics. `path`: the property that it is. */
  read(shape: Shape, value: unknown, path: string): unknown {
    return readValue(shape, value, path, this);
  }

  /** Runs code of the user. `what` names it: "`env`". */
  call<T>(what: string, run: () => T): T | undefined {
    return callUser(`${what} of ${this.title}`, run, this.origin, this.diagnostics);
  }
}

/** What the lowering of one task gathers while it walks the props. */
export class TaskScope {
  readonly task: AnyTask;
  readonly name: string;
  readonly pipeline: PipelineScope;
  readonly origin: Origin;
  /** A copy of the props in which each is of its kind. */
  readonly props: TaskProps<unknown, OutputSpec>;
  /** Owner of the references to this task's own items. */
  itemOwner: object | undefined;
  /** Fields of the items, when they are objects. */
  itemFields: readonly string[] | undefined;
  readonly #mounts: VolumeMount[] = [];
  readonly #mountNames = new Map<string, string>();
  readonly #edges = new Map<string, Edge>();

  constructor(task: AnyTask, pipeline: PipelineScope) {
    this.task = task;
    this.pipeline = pipeline;
    this.name = pipeline.names.get(task) as string;
    this.origin = resolveOrigin(task.capture);
    this.props = readProps(taskShape, task.props, this);
  }

  /** What it is called in messages. */
  get title(): string {
    return `task ${this.name}`;
  }

  report<C extends Code>(code: C, params: ParamsOf<C>): void {
    this.pipeline.diagnostics.report(code, params, { origin: this.origin });
  }

  /** The value as the shape has it, or undefined and diagnostics. `path`: the property that it is. */
  read(shape: Shape, value: unknown, path: string): unknown {
    return readValue(shape, value, path, this);
  }

  /** Runs code of the user. `what` names it: "`env`". */
  call<T>(what: string, run: () => T): T | undefined {
    return callUser(`${what} of ${this.title}`, run, this.origin, this.pipeline.diagnostics);
  }

  /** Adds an edge, unless there is the same one; one that the user wrote takes the place of one that follows from a use. */
  addEdge(task: string, on: Edge['on'], cause: Edge['cause']): void {
    const key = `${task}\0${on}`;
    // The value of an output exists only when its task has ended: any edge that the user wrote orders the two already.
    if (cause === 'reference' && this.#hasEdgeTo(task)) return;
    if ((this.#edges.get(key)?.cause ?? 'reference') === 'reference') this.#edges.set(key, { task, on, cause });
  }

  get edges(): readonly Edge[] {
    return [...this.#edges.values()];
  }

  /** Mounts a volume (once for each path) and returns the name of the volume in the pod. */
  mount(data: MountData): string {
    const source = data.source();
    const key = JSON.stringify([source, data.path, data.subPath, data.readOnly]);
    const known = this.#mountNames.get(key);
    if (known !== undefined) return known;
    const volume = this.#volumeName(data.name, source);
    this.#mountNames.set(key, volume);
    this.#mounts.push({
      volume,
      source,
      mountPath: data.path,
      subPath: data.subPath,
      readOnly: data.readOnly ?? (source.kind === 'persistentVolumeClaim' && source.readOnly),
    });
    return volume;
  }

  get mounts(): readonly VolumeMount[] {
    return this.#mounts;
  }

  /** An emptyDir keeps one name for all its mounts; others get one for each mount, so that a reference to it is exact. */
  #volumeName(name: string, source: VolumeSource): string {
    const base = slugLabel(name, 55);
    const sameEmptyDir = this.#mounts.find((mount) => mount.volume === base && source.kind === 'emptyDir');
    if (sameEmptyDir !== undefined) return base;
    let volume = base;
    for (let copy = 2; this.#mounts.some((mount) => mount.volume === volume); copy++) volume = `${base}-${copy}`;
    return volume;
  }

  #hasEdgeTo(task: string): boolean {
    for (const edge of this.#edges.values()) if (edge.task === task) return true;
    return false;
  }
}

/** The tasks in a construct, itself included, in construction order. */
export function tasksBelow(construct: IConstruct): AnyTask[] {
  return construct.node.findAll().filter(isTask);
}

/** What is wrong with the props of the user is reported once, here; the code that lowers them can rely on their kinds. */
function readProps<Props extends object>(shape: Shape, props: Props, scope: PipelineScope | TaskScope): Props {
  return (scope.read(shape, props, '') ?? {}) as Props;
}

/** Reads a value of the user, who may have written getters that throw. */
function readValue(shape: Shape, value: unknown, path: string, scope: PipelineScope | TaskScope): unknown {
  return scope.call(path === '' ? 'a property' : `\`${path}\``, () =>
    read(shape, value, path, {
      wrong: (prop, found, wanted) => scope.report('PL353', { prop: prop || 'props', found, wanted }),
      unknown: (prop, name, known) =>
        scope.report('PL365', { owner: scope.title, prop, hint: didYouMean(name, known, knownText(known)) }),
    }),
  );
}

function knownText(known: readonly string[]): string {
  return known.length < 15
    ? `There are ${known.join(', ')}.`
    : 'The README lists them under "What a task can say"; a component of yours passes on only those.';
}
