import { definitions } from '../definition.ts';

export const validationDefinitions = definitions({});
