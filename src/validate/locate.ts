/**
 * Generated files lie in `build/` at the root of the package, two levels above this room both in the repository
 * (src/validate) and in the published package (lib/validate).
 */
const build = new URL('../../build/', import.meta.url);

/** Made by scripts/build-schemas.mjs: index.mjs, one module of validators for each API group, json/. */
export const schemasFolder = new URL('schemas/', build);

/** Schemas as kubeconform reads them. */
export const jsonSchemasFolder = new URL('schemas/json/', build);

/** Made by scripts/build-kubeconform.mjs. */
export const kubeconformFile = new URL('kubeconform/kubeconform.wasm.gz', build);
