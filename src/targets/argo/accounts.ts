import type { Pipeline } from '../../ir/pipeline.ts';
import type { JsonObject } from '../../ir/scalar.ts';
import { type Rule, serviceAccountWith } from '../supporting/index.ts';
import { executorAccount, launcherAccount } from './names.ts';

/** What Argo's executor needs in every pod (docs/workflow-rbac.md, 3.4 and newer). */
const EXECUTOR: Rule = { group: 'argoproj.io', resource: 'workflowtaskresults', verbs: ['create', 'patch'] };
const LAUNCHER: Rule = { group: 'batch', resource: 'jobs', verbs: ['create', 'get'] };

/** Accounts of the pods that Argo makes. Users' own accounts that pods run as get the executor's rights too. */
export function accounts(pipeline: Pipeline, own: readonly string[], launches: boolean): JsonObject[] {
  const [account, role, binding] = serviceAccountWith(pipeline, executorAccount(pipeline), [EXECUTOR]);
  const subjects = (binding?.['subjects'] ?? []) as readonly JsonObject[];
  const [subject] = subjects;
  return [
    account as JsonObject,
    role as JsonObject,
    { ...binding, subjects: [...subjects, ...own.map((name) => ({ ...subject, name }))] },
    ...(launches ? serviceAccountWith(pipeline, launcherAccount(pipeline), [EXECUTOR, LAUNCHER]) : []),
  ];
}
