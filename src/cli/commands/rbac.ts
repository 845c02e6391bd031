import { renderYaml } from '../../emit/yaml.ts';
import type { Pipeline } from '../../ir/pipeline.ts';
import type { Profile } from '../../ir/profile.ts';
import type { JsonObject } from '../../ir/scalar.ts';
import { type AccessRule, applyRules, argoRunRules, mergedRules, runRules } from '../access-rules.ts';
import { gitopsObjects } from '../apply-plan.ts';
import { ExitCode } from '../exit-code.ts';
import type { Ports } from '../ports.ts';
import { reportDiagnostics } from '../report.ts';
import { buildFor, type PlanFlags } from './plan-apply.ts';

export interface RbacFlags extends PlanFlags {
  readonly for: 'run' | 'apply';
  readonly user?: string | undefined;
  readonly group?: string | undefined;
  readonly serviceAccount?: string | undefined;
}

const GROUP = 'rbac.authorization.k8s.io';

/** `podloom rbac [pipeline]`: prints the least Role that works. */
export async function rbac(ports: Ports, word: string | undefined, flags: RbacFlags): Promise<number> {
  const built = await buildFor(ports, word, flags, undefined);
  const { selection, profile, diagnostics, workspace } = built;
  await reportDiagnostics(ports, diagnostics, workspace.root, flags, true);
  if (diagnostics.hasErrors) return ExitCode.badInput;
  const pipelines = selection.pipelines.map(({ pipeline }) => pipeline);
  const rules =
    flags.for === 'apply'
      ? applyRules(gitopsObjects(built.bundles), true)
      : mergedRules((await Promise.all(pipelines.map((pipeline) => rulesOf(pipeline, profile, flags)))).flat());
  const [only, ...others] = pipelines;
  const name = `podloom-${flags.for}${only === undefined || others.length > 0 ? '' : `-${only.name}`}`;
  const namespace = flags.namespace ?? only?.namespace;
  const objects = [
    ...roleObjects(
      name,
      namespace,
      rules.filter((rule) => rule.clusterWide !== true),
      flags,
    ),
    ...roleObjects(
      name,
      undefined,
      rules.filter((rule) => rule.clusterWide === true),
      flags,
    ),
  ];
  ports.stdout.write(objects.map(renderYaml).join('---\n'));
  return ExitCode.ok;
}

/** Of running it. As Jobs, unless the flags say otherwise: so does `podloom run`. */
async function rulesOf(pipeline: Pipeline, profile: Profile, { target }: RbacFlags): Promise<readonly AccessRule[]> {
  if (target === 'argo') {
    const { argoObjects } = await import('../../targets/argo/run-objects.ts');
    return argoRunRules(argoObjects(pipeline, profile).base);
  }
  const { runObjects } = await import('../../targets/jobs/run-objects.ts');
  return runRules(pipeline, runObjects(pipeline, profile, 'x').base, true);
}

/** `namespace` undefined: for the whole cluster when the rules are, else for the namespace that they are applied to. */
function roleObjects(
  name: string,
  namespace: string | undefined,
  rules: readonly AccessRule[],
  flags: RbacFlags,
): JsonObject[] {
  if (rules.length === 0) return [];
  const kind = rules.some((rule) => rule.clusterWide === true) ? 'ClusterRole' : 'Role';
  const metadata = namespace === undefined ? { name } : { name, namespace };
  const apiVersion = `${GROUP}/v1`;
  const role = { apiVersion, kind, metadata, rules: rules.map(yamlRule) };
  const subjects = subjectsOf(flags);
  if (subjects.length === 0) return [role];
  return [role, { apiVersion, kind: `${kind}Binding`, metadata, roleRef: { apiGroup: GROUP, kind, name }, subjects }];
}

function yamlRule({ group, resource, verbs }: AccessRule): JsonObject {
  return { apiGroups: [group], resources: [resource], verbs };
}

/** `--service-account namespace:name`, or a name in the namespace of the Role. */
function subjectsOf({ user, group, serviceAccount, namespace }: RbacFlags): JsonObject[] {
  const subjects: JsonObject[] = [];
  if (user !== undefined) subjects.push({ kind: 'User', apiGroup: GROUP, name: user });
  if (group !== undefined) subjects.push({ kind: 'Group', apiGroup: GROUP, name: group });
  if (serviceAccount !== undefined) {
    const [first, second] = serviceAccount.split(':', 2) as [string, string | undefined];
    const place = second === undefined ? (namespace ?? 'default') : first;
    subjects.push({ kind: 'ServiceAccount', name: second ?? first, namespace: place });
  }
  return subjects;
}
