import { definitions } from '../definition.ts';

export const placementDefinitions = definitions({});
