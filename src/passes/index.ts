import { checkAntiAffinity } from './anti-affinity.ts';
import { checkConditions } from './conditions.ts';
import { checkCounts } from './counts.ts';
import { checkCycles } from './cycles.ts';
import { checkEdges } from './edges.ts';
import { checkEnvironment } from './environment.ts';
import { checkImages } from './images.ts';
import { checkItems } from './items.ts';
import { checkLabels } from './labels.ts';
import { checkNodeFit } from './node-fit.ts';
import { checkObjectNames } from './object-names.ts';
import { checkOutputs } from './outputs.ts';
import { checkParameters } from './parameters.ts';
import type { Check } from './pass.ts';
import { checkPipelineName } from './pipeline-name.ts';
import { checkPriorities } from './priorities.ts';
import { checkQuantities } from './quantities.ts';
import { checkReplicas } from './replicas.ts';
import { checkSchedule } from './schedule.ts';
import { checkSecurity } from './security.ts';
import { checkSpread } from './spread.ts';
import { checkTaskNames } from './task-names.ts';
import { checkTexts } from './texts.ts';
import { checkTimes } from './times.ts';
import { checkTolerations } from './tolerations.ts';
import { checkVolumes } from './volumes.ts';

/** Every check of one pipeline, in the order in which a reader would want to know. None depends on another. */
export const checks: readonly Check[] = [
  checkPipelineName,
  checkTaskNames,
  checkObjectNames,
  checkItems,
  checkCycles,
  checkEdges,
  checkOutputs,
  checkParameters,
  checkConditions,
  checkEnvironment,
  checkTexts,
  checkImages,
  checkSchedule,
  checkCounts,
  checkTimes,
  checkVolumes,
  checkLabels,
  checkSecurity,
  checkQuantities,
  checkNodeFit,
  checkReplicas,
  checkSpread,
  checkAntiAffinity,
  checkPriorities,
  checkTolerations,
];

export { checkInstalled } from './installed.ts';
export { checkProject } from './project.ts';
