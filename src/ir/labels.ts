/** Labels that podloom writes on every object and pod that it makes. */
export const PIPELINE_LABEL = 'podloom.dev/pipeline';
export const TASK_LABEL = 'podloom.dev/task';
export const RUN_LABEL = 'podloom.dev/run';
