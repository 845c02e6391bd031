import { definitions } from '../definition.ts';

export const referenceDefinitions = definitions({});
