import { header } from './header.ts';
import type { OutputFile } from './output-file.ts';
import { renderYaml } from './yaml.ts';

export const KUSTOMIZATION = 'kustomization.yaml';

/**
 * `<target>/kustomization.yaml`: what Argo CD, Flux and `kubectl apply -k` take from this folder. Only files that a self-healing
 * controller may own are in it. `names` are file names in the folder.
 */
export function kustomization(target: string, names: readonly string[]): OutputFile {
  const object = { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization', resources: [...names].sort() };
  return {
    path: `${target}/${KUSTOMIZATION}`,
    chunks: () => [header(undefined), renderYaml(object)],
    objects: [object],
    gitops: false,
  };
}
