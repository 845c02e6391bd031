import type { Scenario } from '../scenario.ts';
import { failureScenarios } from './bounds.ts';
import { disruptionScenarios } from './disruptions.ts';
import { itemwiseScenarios } from './edges.ts';
import { exitScenarios } from './exit.ts';
import { jobScenarios } from './jobs.ts';
import { timeoutScenarios } from './retries.ts';
import { valueScenarios } from './values.ts';

/** What needs containers, a kubelet or Argo's executor: values, Jobs that Argo makes, deadlines, pods that are taken away. */
export const realScenarios: readonly Scenario[] = [
  ...itemwiseScenarios,
  ...valueScenarios,
  ...timeoutScenarios,
  ...disruptionScenarios,
  ...failureScenarios,
  ...exitScenarios,
  ...jobScenarios,
];
