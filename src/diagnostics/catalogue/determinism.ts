import { definitions } from '../definition.ts';

export const determinismDefinitions = definitions({});
