import type { TargetName } from '../ir/bundle.ts';

export const targetNames = ['argo', 'jobs'] as const satisfies readonly TargetName[];
