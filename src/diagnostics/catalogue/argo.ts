import { definitions } from '../definition.ts';

export const argoDefinitions = definitions({});
