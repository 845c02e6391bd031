import { definitions } from '../definition.ts';

export const emitDefinitions = definitions({});
