export { carriedName, encodeCarriedItem } from './carried-item.ts';
export { countChunks, type TableChunk, tableChunks } from './chunks.ts';
export { commandOf, usesScript } from './command.ts';
export { escapeForKubelet, kubeletText } from './kubelet.ts';
export { argoItems, type ItemOptions, jobsItems } from './options.ts';
export { readTables, TableError } from './read-table.ts';
export { environmentName, isSetByScript, type RunReference, runReferences } from './references.ts';
export { rerunMap } from './rerun-map.ts';
export { supportsItems } from './supports.ts';
