import type { JsonObject } from '../../ir/scalar.ts';
import type { Security } from '../../ir/task.ts';
import { compact } from './compact.ts';

/** The user of busybox's own container when the task names none: `nobody`. */
const NOBODY = 65534;

/** Security context of the pod: what also holds for init containers. */
export function podSecurity(security: Security): JsonObject {
  return compact({ fsGroup: security.fsGroup, seccompProfile: { type: security.seccompProfile } });
}

/** Security context of the main container. */
export function containerSecurity(security: Security): JsonObject {
  return compact({
    runAsUser: security.runAsUser,
    runAsGroup: security.runAsGroup,
    runAsNonRoot: security.runAsNonRoot,
    readOnlyRootFilesystem: security.readOnlyRootFilesystem,
    privileged: security.privileged,
    allowPrivilegeEscalation: impliesEscalation(security) ? undefined : security.allowPrivilegeEscalation,
    capabilities: compact({ add: security.addCapabilities, drop: security.dropCapabilities }),
  });
}

/** Security context that the level `restricted` of Pod Security Standards admits; copying a file needs no more. */
export function helperSecurity(security: Security): JsonObject {
  return {
    runAsUser: security.runAsUser === undefined || security.runAsUser === 0 ? NOBODY : security.runAsUser,
    runAsNonRoot: true,
    readOnlyRootFilesystem: true,
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
  };
}

/** The API server refuses `allowPrivilegeEscalation: false` beside these (core validation, ValidateSecurityContext). */
function impliesEscalation({ privileged, addCapabilities }: Security): boolean {
  return privileged === true || addCapabilities.some((name) => /^(?:CAP_)?SYS_ADMIN$/.test(name));
}
