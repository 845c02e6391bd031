/**
 * Fields that not every supported version has. A field of the schema that is not listed is in Kubernetes 1.28 and Argo 3.7.
 *
 * Kubernetes: `since` is the first minor of k8s.io/api whose generated.proto has the field; `enabled` the first one in which its
 * feature gate is on by default (pkg/features/kube_features.go of 1.36.3). Before that the API server drops the field silently.
 * test/validate/since.test.ts compares all of it with those sources. Argo: api/jsonschema/schema.json of 3.7.4 and 4.1.2,
 * and docs/upgrading.md (v4).
 */
export interface VersionedField {
  /** Name of the definition in the generated schemas. */
  readonly definition: string;
  readonly field: string;
  readonly product: 'Kubernetes' | 'Argo Workflows';
  /** First version that knows the field. */
  readonly since?: string;
  /** Feature gate that the field needs. */
  readonly gate?: string;
  /** First version in which the gate is on by default. undefined with a gate: in none up to 1.36. */
  readonly enabled?: string;
  /** First version that does not know the field any more, and what to write then. */
  readonly removed?: string;
  readonly instead?: string;
}

type KubernetesRow = readonly [definition: string, field: string, since: string, gate?: string, enabled?: string];

const kubernetesRows: readonly KubernetesRow[] = [
  ['BatchV1JobSpec', 'backoffLimitPerIndex', '1.28', 'JobBackoffLimitPerIndex', '1.29'],
  ['BatchV1JobSpec', 'maxFailedIndexes', '1.28', 'JobBackoffLimitPerIndex', '1.29'],
  ['BatchV1JobSpec', 'podReplacementPolicy', '1.28', 'JobPodReplacementPolicy', '1.29'],
  ['BatchV1JobSpec', 'successPolicy', '1.30', 'JobSuccessPolicy', '1.31'],
  ['BatchV1JobSpec', 'managedBy', '1.30', 'JobManagedBy', '1.32'],
  ['CoreV1Container', 'resizePolicy', '1.28', 'InPlacePodVerticalScaling', '1.33'],
  ['CoreV1Container', 'restartPolicy', '1.28', 'SidecarContainers', '1.29'],
  ['CoreV1Container', 'restartPolicyRules', '1.34', 'ContainerRestartRules', '1.35'],
  ['CoreV1EphemeralContainer', 'restartPolicyRules', '1.34', 'ContainerRestartRules', '1.35'],
  ['CoreV1EnvVarSource', 'fileKeyRef', '1.34', 'EnvFiles', '1.35'],
  ['CoreV1Lifecycle', 'stopSignal', '1.33', 'ContainerStopSignals'],
  ['CoreV1LifecycleHandler', 'sleep', '1.29', 'PodLifecycleSleepAction', '1.30'],
  ['CoreV1PersistentVolumeClaimSpec', 'volumeAttributesClassName', '1.29', 'VolumeAttributesClass', '1.34'],
  ['CoreV1PersistentVolumeSpec', 'volumeAttributesClassName', '1.29', 'VolumeAttributesClass', '1.34'],
  ['CoreV1PodAffinityTerm', 'matchLabelKeys', '1.29', 'MatchLabelKeysInPodAffinity', '1.31'],
  ['CoreV1PodAffinityTerm', 'mismatchLabelKeys', '1.29', 'MatchLabelKeysInPodAffinity', '1.31'],
  ['CoreV1PodCertificateProjection', 'userAnnotations', '1.35', 'PodCertificateRequest'],
  ['CoreV1PodResourceClaim', 'resourceClaimName', '1.31', 'DynamicResourceAllocation', '1.34'],
  ['CoreV1PodResourceClaim', 'resourceClaimTemplateName', '1.31', 'DynamicResourceAllocation', '1.34'],
  ['CoreV1PodSecurityContext', 'appArmorProfile', '1.30'],
  ['CoreV1PodSecurityContext', 'seLinuxChangePolicy', '1.32', 'SELinuxChangePolicy', '1.33'],
  ['CoreV1PodSecurityContext', 'supplementalGroupsPolicy', '1.31', 'SupplementalGroupsPolicy', '1.33'],
  ['CoreV1PodSpec', 'hostnameOverride', '1.34', 'HostnameOverride', '1.35'],
  ['CoreV1PodSpec', 'resourceClaims', '1.28', 'DynamicResourceAllocation', '1.34'],
  ['CoreV1PodSpec', 'resources', '1.32', 'PodLevelResources', '1.34'],
  ['CoreV1PodSpec', 'schedulingGroup', '1.36', 'GenericWorkload'],
  ['CoreV1ResourceClaim', 'request', '1.31', 'DynamicResourceAllocation', '1.34'],
  ['CoreV1ResourceRequirements', 'claims', '1.28', 'DynamicResourceAllocation', '1.34'],
  ['CoreV1SecurityContext', 'appArmorProfile', '1.30'],
  ['CoreV1ServiceSpec', 'trafficDistribution', '1.30', 'ServiceTrafficDistribution', '1.31'],
  ['CoreV1TypedObjectReference', 'namespace', '1.28', 'CrossNamespaceVolumeDataSource'],
  ['CoreV1Volume', 'image', '1.31', 'ImageVolume', '1.35'],
  ['CoreV1VolumeMount', 'recursiveReadOnly', '1.30', 'RecursiveReadOnlyMounts', '1.31'],
  ['CoreV1VolumeProjection', 'clusterTrustBundle', '1.29', 'ClusterTrustBundleProjection'],
  ['CoreV1VolumeProjection', 'podCertificate', '1.34', 'PodCertificateRequest'],
  ['AppsV1RollingUpdateStatefulSetStrategy', 'maxUnavailable', '1.28', 'MaxUnavailableStatefulSet'],
  // The whole group: its beta versions are not podloom's.
  ['ResourceV1DeviceClass', 'apiVersion', '1.34'],
  ['ResourceV1ResourceClaim', 'apiVersion', '1.34'],
  ['ResourceV1ResourceClaimTemplate', 'apiVersion', '1.34'],
];

const argoFields: readonly VersionedField[] = [
  argo('ArgoTemplate', 'pendingTimeout', { since: '4.1' }),
  argo('ArgoTemplate', 'podResources', { since: '4.1' }),
  argo('ArgoTemplate', 'resourceClaims', { since: '4.1' }),
  argo('ArgoWorkflowSpec', 'executorPlugins', { since: '4.1' }),
  argo('ArgoWorkflowSpec', 'podResources', { since: '4.1' }),
  argo('ArgoWorkflowSpec', 'resourceClaims', { since: '4.1' }),
  argo('ArgoTemplateContainer', 'restartPolicyRules', { since: '4.1' }),
  argo('ArgoScriptTemplate', 'restartPolicyRules', { since: '4.1' }),
  argo('ArgoUserContainer', 'restartPolicyRules', { since: '4.1' }),
  argo('ArgoContainerNode', 'restartPolicyRules', { since: '4.1' }),
  argo('ArgoS3Artifact', 'addressingStyle', { since: '4.1' }),
  argo('ArgoHTTPArtifact', 'saveStreamViaFile', { since: '4.1' }),
  argo('ArgoArtifact', 'plugin', { since: '4.0' }),
  argo('ArgoArtifactLocation', 'plugin', { since: '4.0' }),
  argo('ArgoArtifactPaths', 'plugin', { since: '4.0' }),
  argo('ArgoCronWorkflowSpec', 'schedule', { removed: '4.0', instead: 'schedules' }),
  argo('ArgoSynchronization', 'mutex', { removed: '4.0', instead: 'mutexes' }),
  argo('ArgoSynchronization', 'semaphore', { removed: '4.0', instead: 'semaphores' }),
];

export const versionedFields: readonly VersionedField[] = [...kubernetesRows.map(kubernetes), ...argoFields];

function kubernetes([definition, field, since, gate, enabled]: KubernetesRow): VersionedField {
  return {
    definition,
    field,
    product: 'Kubernetes',
    since,
    ...(gate !== undefined && { gate }),
    ...(enabled !== undefined && { enabled }),
  };
}

function argo(
  definition: string,
  field: string,
  rest: Pick<VersionedField, 'since' | 'removed' | 'instead'>,
): VersionedField {
  return { definition, field, product: 'Argo Workflows', ...rest };
}
