import type { Json, JsonObject } from '../../ir/scalar.ts';
import { toManifest, toTemplate } from './markup.ts';

/** Fields of a pod spec that an Argo template has, in the order in which they are written. */
const NATIVE = [
  'serviceAccountName',
  'priorityClassName',
  'schedulerName',
  'nodeSelector',
  'affinity',
  'tolerations',
  'hostAliases',
  'securityContext',
  'volumes',
  'initContainers',
] as const;
/** Argo has its own idea of these: it names the main container, never restarts it, and its executor needs the token. */
const DROPPED = new Set([
  'containers',
  'restartPolicy',
  'automountServiceAccountToken',
  'activeDeadlineSeconds',
  'subdomain',
]);

/**
 * The fields of an Argo template that make its pod this pod. What a template has no field for (spread, image pull secrets,
 * grace period) is a strategic merge patch onto the pod. `enableServiceLinks: false` stands in the workflow's own patch.
 */
export function podFields(spec: JsonObject): JsonObject {
  const [main, ...sidecars] = (spec['containers'] ?? []) as readonly JsonObject[];
  const patch: { [key: string]: Json } = {};
  for (const [key, value] of Object.entries(spec)) {
    if (key === 'enableServiceLinks' && value === false) continue;
    if (!DROPPED.has(key) && !(NATIVE as readonly string[]).includes(key)) patch[key] = value;
  }
  const native = Object.fromEntries(NATIVE.flatMap((key) => (spec[key] === undefined ? [] : [[key, spec[key]]])));
  const deadline = spec['activeDeadlineSeconds'];
  const rendered = toTemplate({ ...native, containers: [main ?? {}, ...sidecars] });
  const { containers, ...others } = rendered;
  const [first, ...rest] = containers as readonly JsonObject[];
  const { name: _, ...container } = first ?? {};
  return {
    ...(deadline !== undefined && { activeDeadlineSeconds: String(deadline) }),
    ...others,
    container,
    ...(rest.length > 0 && { sidecars: rest }),
    ...(Object.keys(patch).length > 0 && { podSpecPatch: toManifest(patch) }),
  };
}
