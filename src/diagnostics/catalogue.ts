import { argoDefinitions } from './catalogue/argo.ts';
import { argoRunDefinitions } from './catalogue/argo-run.ts';
import { clusterDefinitions } from './catalogue/cluster.ts';
import { constructDefinitions } from './catalogue/constructs.ts';
import { determinismDefinitions } from './catalogue/determinism.ts';
import { emitDefinitions } from './catalogue/emit.ts';
import { graphDefinitions } from './catalogue/graph.ts';
import { itemDefinitions } from './catalogue/items.ts';
import { itemsRunDefinitions } from './catalogue/items-run.ts';
import { jobsDefinitions } from './catalogue/jobs.ts';
import { loadDefinitions } from './catalogue/load.ts';
import { localDefinitions } from './catalogue/local.ts';
import { nameDefinitions } from './catalogue/names.ts';
import { placementDefinitions } from './catalogue/placement.ts';
import { referenceDefinitions } from './catalogue/references.ts';
import { reportDefinitions } from './catalogue/report.ts';
import { runnerDefinitions } from './catalogue/runner.ts';
import { validationDefinitions } from './catalogue/validation.ts';
import { valueDefinitions } from './catalogue/values.ts';

/** Every diagnostic there is. Codes are stable: one that goes is never given again. */
export const catalogue = {
  ...loadDefinitions, // PL001…PL019 files, user code, configuration
  ...nameDefinitions, // PL020…PL039 names of pipelines, tasks, objects
  ...itemDefinitions, // PL040…PL069 item sources and item lists
  ...valueDefinitions, // PL070…PL099 images, quantities, durations, cron, retries, other values
  ...graphDefinitions, // PL100…PL129 edges between tasks
  ...referenceDefinitions, // PL130…PL159 references, parameters, expressions, outputs
  ...placementDefinitions, // PL160…PL199 resources, GPUs, spread, anti-affinity, priority
  ...determinismDefinitions, // PL200…PL219 clock, randomness, environment, network, subprocess
  ...argoDefinitions, // PL220…PL259 what Argo cannot mean, its caps
  ...jobsDefinitions, // PL260…PL289 what Jobs cannot mean
  ...localDefinitions, // PL290…PL309 what the local engine cannot mean
  ...validationDefinitions, // PL310…PL329 schemas, versions, sizes
  ...emitDefinitions, // PL330…PL349 output files
  ...constructDefinitions, // PL350…PL379 props of pipelines and tasks that cannot be read
  ...clusterDefinitions, // PL400…PL429 clusters: reaching them, what they may tell, what they have
  ...reportDefinitions, // PL440…PL449 reports of runs
  ...argoRunDefinitions, // PL460…PL469 runs under Argo Workflows
  ...runnerDefinitions, // PL450…PL489 runs in a cluster, and what is applied to it
  ...itemsRunDefinitions, // PL490…PL499 podloom items run
};

export type Code = keyof typeof catalogue;
export type ParamsOf<C extends Code> = Parameters<(typeof catalogue)[C]['message']>[0];
