import type { Profile } from '../../ir/profile.ts';

/**
 * Fields that not every supported Kubernetes (1.28 …) serves with its default feature gates, and the first minor
 * version that does. Source: the comments of kubernetes/api core/v1 and batch/v1 types.go, and the KEPs named.
 */
const since = {
  /** KEP-3850: alpha in 1.28, beta and on from 1.29. `FailIndex` and `maxFailedIndexes` come with it. */
  backoffLimitPerIndex: 29,
  /** KEP-3939: alpha in 1.28, beta and on from 1.29. */
  podReplacementPolicy: 29,
  /** KEP-3633, in pod (anti-)affinity: alpha in 1.29, beta and on from 1.31. */
  affinityMatchLabelKeys: 31,
} as const;

export type VersionedField = keyof typeof since;

/** Whether the Kubernetes of the profile knows the field. */
export function serves(profile: Profile, field: VersionedField): boolean {
  return minorOf(profile) >= since[field];
}

/** The version as people write it, `1.29`. */
export function firstVersionOf(field: VersionedField): string {
  return `1.${since[field]}`;
}

function minorOf(profile: Profile): number {
  return Number(profile.kubernetes.split('.')[1]);
}
