export { type TableChunk, tableChunks } from './chunks.ts';
export { commandOf, usesScript } from './command.ts';
export { escapeForKubelet, kubeletText } from './kubelet.ts';
export { argoItems, type ItemOptions, jobsItems } from './options.ts';
export { environmentName, isSetByScript, type RunReference, runReferences } from './references.ts';
export { supportsItems } from './supports.ts';
