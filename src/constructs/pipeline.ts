import { ApiObject, Chart, type ChartProps } from 'cdk8s';
import { Construct } from 'constructs';
import { captureOrigin, type OriginCapture } from '../diagnostics/capture.ts';
import type { Scalar } from '../ir/scalar.ts';
import { checkedId, checkProps } from './arguments.ts';
import { currentHost, podloomCopy } from './host.ts';
import type { ParameterSpec, ParameterType, PipelineProps } from './props.ts';
import { createReference, type Ref } from './reference.ts';
import { render } from './renderer.ts';

const PIPELINE = Symbol.for('podloom.pipeline');

/**
 * A pipeline: a cdk8s chart whose tasks become one Argo WorkflowTemplate, or Kubernetes Jobs in order.
 *
 * @example
 * const app = new App();
 * export const imagenet = new Pipeline(app, 'imagenet', { image: 'ghcr.io/acme/train:1.4', maxRunning: 200 });
 */
export class Pipeline<const P extends ParameterSpec = Record<never, never>> extends Chart {
  /** The parameters, for use in commands, environments and conditions of tasks. */
  declare readonly parameters: { readonly [K in keyof P]: Ref<ParameterType<P[K]>> };
  /** How the run ended, for exit tasks: `Succeeded` or `Failed`. */
  declare readonly status: Ref<'Succeeded' | 'Failed'>;
  /** The name of the run. */
  declare readonly run: Ref<string>;
  /** @internal */
  declare readonly props: PipelineProps<P>;
  /** @internal */
  declare readonly capture: OriginCapture;

  #errors: readonly string[] | undefined;

  constructor(scope: Construct, id: string, props: PipelineProps<P> = {}) {
    checkProps(props, `pipeline ${id}`);
    super(scope, checkedId(id, 'pipeline'), chartProps(props));
    define(
      this,
      'capture',
      captureOrigin(new.target, () => this.node.path || id),
    );
    define(this, 'props', props);
    define(this, PIPELINE, true);
    define(this, 'parameters', Object.freeze(parametersOf(this, props.parameters ?? {})));
    define(this, 'status', createReference({ kind: 'status' }, this));
    define(this, 'run', createReference({ kind: 'run' }, this));
    // Under plain cdk8s the objects are added before the app reads them, also for one file for each resource.
    this.node.addValidation({ validate: () => [...this.#render()] });
    currentHost()?.register(this, podloomCopy);
  }

  /** The objects of the pipeline. Throws when there are errors, as `app.synth()` does. */
  // biome-ignore lint/suspicious/noExplicitAny: the signature of cdk8s Chart
  override toJson(): any[] {
    const errors = this.#render();
    if (errors.length > 0) throw new Error(`pipeline ${this.node.path} is not valid:\n\n${errors.join('\n')}`);
    return super.toJson();
  }

  /** Compiles the pipeline and adds its objects to the chart, once. Returns the errors. */
  #render(): readonly string[] {
    if (this.#errors === undefined) {
      const { objects, errors } = render(this);
      this.#errors = errors;
      const scope = errors.length === 0 && objects.length > 0 ? new Construct(this, RENDERED_ID) : undefined;
      objects.forEach((object, index) => {
        if (scope === undefined) return;
        const { apiVersion, kind, ...rest } = object as { apiVersion: string; kind: string };
        new ApiObject(scope, `${index}-${kind}`, { apiVersion, kind, ...rest });
      });
    }
    return this.#errors;
  }
}

/** Id of the construct below a pipeline that holds what podloom rendered under plain cdk8s. */
export const RENDERED_ID = 'podloom-rendered';

export function isPipeline(value: unknown): value is Pipeline<ParameterSpec> {
  return typeof value === 'object' && value !== null && PIPELINE in value;
}

function chartProps(props: PipelineProps<ParameterSpec>): ChartProps {
  const { namespace, labels, disableResourceNameHashes } = props;
  return {
    ...(namespace === undefined ? {} : { namespace }),
    ...(labels === undefined ? {} : { labels }),
    ...(disableResourceNameHashes === undefined ? {} : { disableResourceNameHashes }),
  };
}

function parametersOf(pipeline: object, spec: ParameterSpec): Record<string, Ref<Scalar>> {
  return Object.fromEntries(
    Object.keys(spec).map((parameter) => [
      parameter,
      createReference<Scalar>({ kind: 'parameter', parameter }, pipeline),
    ]),
  );
}

function define(target: object, key: PropertyKey, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: false });
}
