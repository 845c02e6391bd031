import type { JsonObject } from '../../ir/scalar.ts';
import { formatPath } from '../path.ts';
import type { Subject } from '../report.ts';
import { argoRules } from './argo-rules.ts';
import { jobRules } from './job-rules.ts';
import { Place } from './place.ts';
import { podRules } from './pod-rules.ts';

/** What the API server refuses although each field is of its kind: rules between fields, ranges, names. */
export function checkRules({ object, name, report }: Subject): void {
  const told = new Set<string>();
  const root = new Place(object, [], (path, problem) => {
    const at = formatPath(path);
    if (told.has(at)) return;
    told.add(at);
    report('PL328', { object: name, path: at, problem }, path);
  });
  rulesOf(object)?.(root);
}

function rulesOf({ apiVersion, kind }: JsonObject): ((root: Place) => void) | undefined {
  switch (`${String(apiVersion)} ${String(kind)}`) {
    case 'v1 Pod':
      return (root) => podRules(root.at('spec'));
    case 'batch/v1 Job':
      return (root) => jobRules(root.at('spec'));
    case 'batch/v1 CronJob':
      return (root) => jobRules(root.at('spec').at('jobTemplate').at('spec'));
    case 'argoproj.io/v1alpha1 WorkflowTemplate':
    case 'argoproj.io/v1alpha1 ClusterWorkflowTemplate':
    case 'argoproj.io/v1alpha1 Workflow':
      return (root) => argoRules(root.at('spec'));
    default:
      return undefined;
  }
}
