import type { Target } from '../target.ts';
import { lower } from './lower.ts';
import { supports } from './supports.ts';

export { workflow } from './workflow.ts';

/** Argo Workflows 3.7, 4.0 and 4.1: a WorkflowTemplate, and a CronWorkflow when there is a schedule. */
export const argoTarget: Target = { name: 'argo', supports, lower };
