import { definitions } from '../definition.ts';

export const jobsDefinitions = definitions({});
