import { definitions } from '../definition.ts';

export const valueDefinitions = definitions({});
