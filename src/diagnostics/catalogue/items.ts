import { definitions } from '../definition.ts';

export const itemDefinitions = definitions({});
