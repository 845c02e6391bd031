import type { Target } from '../target.ts';
import { lowerToJobs } from './lower.ts';
import { supportsJobs } from './supports.ts';

/** Kubernetes Jobs without Argo: the runner, or its conductor in the cluster, makes them in the order of the pipeline. */
export const jobsTarget: Target = { name: 'jobs', supports: supportsJobs, lower: lowerToJobs };
