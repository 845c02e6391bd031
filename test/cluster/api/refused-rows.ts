import type { TargetName } from '../../../src/ir/bundle.ts';
import type { Profile } from '../../../src/ir/profile.ts';
import type { JsonObject } from '../../../src/ir/scalar.ts';

/** A damaged pipeline. */
export interface Row {
  /** TypeScript from line 5 on, below the imports, `app` and, on line 4, `image`. */
  readonly source: string;
  /** Of the diagnostic that podloom reports at `line`. */
  readonly code: string;
  /** Default 5. */
  readonly line?: number;
  /** Default `jobs`. */
  readonly target?: TargetName;
  readonly profile?: Partial<Profile>;
  /**
   * What would be emitted without the check, where a value does not even reach the IR (it has no such number or word), or where
   * another part of podloom cannot go on with it. Default: what the target makes of the IR with no check asked.
   */
  readonly instead?: readonly JsonObject[];
}

export interface StricterRow extends Row {
  /** Why podloom refuses what the API server takes. */
  readonly why: string;
}

export type Rows<R extends Row = Row> = { readonly [name: string]: R };

/** A pipeline of one task with these props, on line 5. */
export function task(props: string, code: string, more: Partial<Row> = {}): Row {
  return { source: `new Task(new Pipeline(app, 'p', { image }), 't', { command: ['x'], ${props} });`, code, ...more };
}

/** A pipeline with these props, on line 5. */
export function whole(props: string, code: string, more: Partial<Row> = {}): Row {
  return {
    source: `const p = new Pipeline(app, 'p', { image, ${props} });\nnew Task(p, 't', { command: ['x'] });`,
    code,
    ...more,
  };
}

/** Statements below `const p`, on line 5; `line` is that of the damaged one. */
export function lines(source: string, code: string, line: number, more: Partial<Row> = {}): Row {
  return { source: `const p = new Pipeline(app, 'p', { image });\n${source}`, code, line, ...more };
}

/** As `task`, on the argo target. */
export const argoTask = (props: string, code: string, more: Partial<Row> = {}): Row =>
  task(props, code, { target: 'argo', ...more });

export function aJob(spec: JsonObject, pod: JsonObject = {}, container: JsonObject = {}): JsonObject {
  const containers = [{ name: 'main', image: 'busybox:1.37', ...container }];
  const template = { spec: { restartPolicy: 'Never', containers, ...pod } };
  return { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'p-t' }, spec: { template, ...spec } };
}

export function aWorkflowTemplate(spec: JsonObject): JsonObject {
  return { apiVersion: 'argoproj.io/v1alpha1', kind: 'WorkflowTemplate', metadata: { name: 'p' }, spec };
}

/** A DAG of tasks that all run one container. */
export function aDag(...tasks: readonly JsonObject[]): JsonObject {
  const dag = { name: 'main', dag: { tasks: tasks.map((each) => ({ template: 'run', ...each })) } };
  return aWorkflowTemplate({
    entrypoint: 'main',
    templates: [dag, { name: 'run', container: { image: 'a', command: ['x'] } }],
  });
}
