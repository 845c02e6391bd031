import { Construct } from 'constructs';
import { captureOrigin, type OriginCapture } from '../diagnostics/capture.ts';
import type { Scalar } from '../ir/scalar.ts';
import { checkedId, checkProps } from './arguments.ts';
import type { OutputOf, OutputSpec } from './output.ts';
import { isPipeline } from './pipeline.ts';
import type { NoForEach, TaskProps } from './props.ts';
import { createItemReference, createReference, type Ref } from './reference.ts';
import { createRunTimeItems } from './run-time-items.ts';

const TASK = Symbol.for('podloom.task');

/**
 * A step of a pipeline: a pod, one pod for each item (`forEach`), or pods that run together (`replicas`).
 * It is made below a Pipeline, or below a component of the user's own in one.
 *
 * @example
 * const decode = new Task(pipeline, 'decode', {
 *   forEach: Items.braces('shard-{0000..4999}.tar'),
 *   command: ({ item, index }) => ['decode', '--in', item, `--out=/data/${index}`],
 *   cpu: 4, memory: '8Gi', retries: 3,
 * });
 */
export class Task<R = NoForEach, const O extends OutputSpec = Record<never, never>> extends Construct {
  /** What the task puts out, for use in later tasks: a Ref, or Items for a list. */
  declare readonly outputs: { readonly [K in keyof O]: OutputOf<O[K]> };
  /** @internal */
  declare readonly props: TaskProps<R, O>;
  /** @internal */
  declare readonly capture: OriginCapture;

  constructor(scope: Construct, id: string, props: TaskProps<R, O> = {}) {
    super(scope, checkedId(id, 'task'));
    checkProps(props, `task ${this.node.path}`);
    if (!this.node.scopes.some(isPipeline)) {
      throw new TypeError(`task "${id}" is not in a pipeline: write new Task(pipeline, '${id}', …)`);
    }
    hidden(
      this,
      'capture',
      captureOrigin(new.target, () => this.node.path),
    );
    hidden(this, 'props', props);
    hidden(this, TASK, true);
    this.outputs = Object.freeze(outputsOf(this, props.outputs ?? {})) as Task<R, O>['outputs'];
  }
}

/** By a mark, since another copy of podloom has another class. */
export function isTask(value: unknown): value is Task<unknown, OutputSpec> {
  return typeof value === 'object' && value !== null && TASK in value;
}

/** Keeps a field out of JSON.stringify and console.log of user's objects. */
function hidden(target: object, key: PropertyKey, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: false });
}

function outputsOf(task: object, spec: OutputSpec): Record<string, unknown> {
  const outputs: Record<string, unknown> = {};
  for (const [name, output] of Object.entries(spec)) {
    // The name of the task is known only when the pipeline is lowered: the owner leads to it.
    if (typeof output === 'object' && output !== null && output.kind === 'list') {
      const owner = { task, output: name };
      outputs[name] = createRunTimeItems(owner, output.shape, createItemReference(owner));
    } else {
      outputs[name] = createReference<Scalar>({ kind: 'output', task: '', output: name }, task) as Ref<Scalar>;
    }
  }
  return outputs;
}
