import type { TestProject } from 'vitest/node';
import { provideCluster } from './setup.ts';

export default (project: TestProject) => provideCluster('api', project);
