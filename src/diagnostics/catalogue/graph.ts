import { definitions } from '../definition.ts';

export const graphDefinitions = definitions({});
