import type { Scenario } from '../scenario.ts';
import { boundScenarios } from './bounds.ts';
import { edgeScenarios } from './edges.ts';
import { graphScenarios } from './graph.ts';
import { largeScenarios } from './large.ts';
import { nodeLossScenarios } from './node-loss.ts';
import { retryScenarios } from './retries.ts';

/** What simulated nodes can show: their pods end as the rig's script says. */
export const simScenarios: readonly Scenario[] = [
  ...graphScenarios,
  ...edgeScenarios,
  ...retryScenarios,
  ...boundScenarios,
  ...nodeLossScenarios,
  ...largeScenarios,
];
