import { definitions } from '../definition.ts';

export const localDefinitions = definitions({});
