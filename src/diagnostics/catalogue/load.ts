import { definitions } from '../definition.ts';

export const loadDefinitions = definitions({});
