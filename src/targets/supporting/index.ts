export { contentConfigMap, runConfigMap } from './config-map.ts';
export { type MetadataOptions, metadata, neverPruned } from './metadata.ts';
export { type Rule, serviceAccountWith } from './rbac.ts';
export { headlessService } from './service.ts';
