import { ApiObject, Chart } from 'cdk8s';
import type { Collector } from '../../diagnostics/collector.ts';
import type { ExtraObject, Pipeline, Schedule } from '../../ir/pipeline.ts';
import type { JsonObject } from '../../ir/scalar.ts';
import type { Edge, Task } from '../../ir/task.ts';
import { slugLabel } from '../../units/dns-name.ts';
import { RENDERED_ID } from '../pipeline.ts';
import type { ScheduleProps } from '../props.ts';
import { dependencyEdges } from './edges.ts';
import { freeze } from './freeze.ts';
import { lowerParameters } from './parameters.ts';
import { plainTexts } from './plain-texts.ts';
import { type AnyPipeline, type AnyTask, PipelineScope, TaskScope } from './scope.ts';
import { lowerTask } from './task.ts';
import { touchUser } from './user-code.ts';
import { lowerDuration } from './values.ts';

/** Where the shell of images without one comes from, unless the pipeline says so. */
export const BUSYBOX = 'busybox:1.37.0-musl';

/** Turns the constructs of a pipeline into IR. What cannot be read is reported and left out. */
export function lowerPipeline(pipeline: AnyPipeline, diagnostics: Collector): Pipeline {
  const scope = new PipelineScope(pipeline, diagnostics);
  const { props } = scope;
  if (scope.tasks.length === 0) scope.report('PL361', { pipeline: pipeline.node.path });
  const lowered: Pipeline = {
    kind: 'Pipeline',
    version: 1,
    name: slugLabel(pipeline.node.path.split('/').filter(Boolean).join('-')),
    origin: scope.origin,
    namespace: props.namespace,
    labels: { ...props.labels },
    parameters: lowerParameters(props.parameters, scope),
    schedule: lowerSchedule(props.schedule, scope),
    maxRunning: props.maxRunning,
    deadlineSeconds: lowerDuration(props.deadline, 'deadline', scope),
    contexts: props.contexts && [...props.contexts],
    runOnChange: props.runOnChange ?? false,
    busyboxImage: props.busyboxImage ?? BUSYBOX,
    tasks: freeze(lowerTasks(scope)),
    extras: lowerExtras(scope),
  };
  return freeze(plainTexts(lowered, (field) => scope.report('PL366', { field, owner: scope.title })));
}

function lowerTasks(scope: PipelineScope): readonly Task[] {
  const lowered = new Map<AnyTask, Task>();
  for (const task of scope.tasks) {
    const taskScope = new TaskScope(task, scope);
    const told = (field: string) => taskScope.report('PL366', { field, owner: taskScope.title });
    const lower = () => plainTexts(lowerTask(taskScope), told);
    const ir = touchUser(taskScope.title, lower, taskScope.origin, scope.diagnostics);
    if (ir !== undefined) lowered.set(task, ir);
  }
  const edgesOf = (task: AnyTask): readonly Edge[] => lowered.get(task)?.after ?? [];
  for (const [task, names] of dependencyEdges(scope, edgesOf)) {
    const ir = lowered.get(task);
    if (ir === undefined) continue;
    const known = new Set(ir.after.filter((edge) => edge.on === 'succeeded').map((edge) => edge.task));
    const added = [...new Set(names)].filter((name) => !known.has(name));
    const edges = added.map((name): Edge => ({ task: name, on: 'succeeded', cause: 'dependency' }));
    lowered.set(task, { ...ir, after: [...ir.after, ...edges] });
  }
  return [...lowered.values()];
}

function lowerSchedule(input: string | ScheduleProps | undefined, scope: PipelineScope): Schedule | undefined {
  if (input === undefined) return undefined;
  const props: ScheduleProps = typeof input === 'string' ? { cron: input } : input;
  return {
    cron: props.cron,
    timeZone: props.timeZone ?? 'Etc/UTC',
    concurrencyPolicy: props.concurrencyPolicy ?? 'Forbid',
    startingDeadlineSeconds: lowerDuration(props.startingDeadline, 'schedule.startingDeadline', scope),
    suspend: props.suspend ?? false,
  };
}

/** The user's own objects in the chart. */
function lowerExtras(scope: PipelineScope): readonly ExtraObject[] {
  const { pipeline } = scope;
  const rendered = pipeline.node.tryFindChild(RENDERED_ID);
  return pipeline.node
    .findAll()
    .filter((construct) => ApiObject.isApiObject(construct))
    .filter((object) => object.node.scope !== rendered && Chart.of(object) === pipeline)
    .flatMap((object) => {
      const manifest = scope.call(`object ${object.node.path}`, () => object.toJson() as JsonObject);
      return manifest === undefined ? [] : [{ object: manifest, origin: scope.origin }];
    });
}
