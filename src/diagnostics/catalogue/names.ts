import { definitions } from '../definition.ts';

export const nameDefinitions = definitions({});
