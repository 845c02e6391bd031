import type { Container, Environment, EnvironmentVariable, Program, Security } from '../../ir/task.ts';
import type { Argument } from '../../ir/text.ts';
import { isEnvValue, isForeignVolume, isNamedObject, isObject, plain } from '../foreign.ts';
import type { EnvFromInput, EnvInput, EnvInputs, Loop, PerItem, SecurityProps } from '../props.ts';
import { createReference, isReference, splitText } from '../reference.ts';
import { mountData, nameOf } from '../volume.ts';
import { describe } from './describe.ts';
import { environment } from './prop-shapes.ts';
import type { TaskScope } from './scope.ts';
import { lowerArgument, lowerText } from './text.ts';
import { lowerForeignVolume } from './volumes.ts';

/** The container of a task: its own props over those of the pipeline. */
export function lowerContainer(scope: TaskScope): Container {
  const { props } = scope;
  const defaults = scope.pipeline.props;
  mountVolumes(scope);
  const image = props.image ?? defaults.image;
  if (image === undefined || image === '') scope.report('PL356', { task: scope.name });
  const program = lowerProgram(scope);
  const environment = lowerEnvironment(scope);
  return {
    image: image ?? '',
    imagePullPolicy: props.imagePullPolicy ?? defaults.imagePullPolicy,
    shell: props.shell ?? 'image',
    program,
    environment,
    workingDir: props.workingDir,
    security: lowerSecurity({ ...defaults.security, ...props.security }),
    // Last: texts mount what they use.
    volumes: [...scope.mounts],
  };
}

function mountVolumes(scope: TaskScope): void {
  for (const volume of [...(scope.pipeline.props.volumes ?? []), ...(scope.props.volumes ?? [])]) {
    const data = isObject(volume) ? mountData(volume) : undefined;
    if (data !== undefined) scope.mount(data);
    else if (isObject(volume) && (isForeignVolume(volume['volume']) || isNamedObject(volume['volume']))) {
      lowerForeignVolume(volume as never, scope);
    } else {
      scope.report('PL353', {
        prop: 'volumes',
        found: describe(volume),
        wanted: "a mount: Volume.claim('data').mount('/data')",
      });
    }
  }
}

function lowerProgram(scope: TaskScope): Program {
  const { props } = scope;
  const args = lowerArguments(props.args, 'args', scope);
  if (props.script === undefined) {
    const command = lowerArguments(props.command, 'command', scope);
    if (props.command === undefined && props.forEach !== undefined) scope.report('PL359', { task: scope.name });
    return { kind: 'command', command, args };
  }
  if (props.command !== undefined) scope.report('PL357', { task: scope.name });
  const hasReferences = splitText(props.script).some((piece) => typeof piece !== 'string');
  if (hasReferences) scope.report('PL358', { task: scope.name });
  return {
    kind: 'script',
    source: hasReferences ? '' : props.script,
    interpreter: props.interpreter ?? ['sh', '-eu'],
    args: args ?? [],
  };
}

function lowerArguments(
  input: PerItem<unknown, readonly unknown[]> | undefined,
  prop: string,
  scope: TaskScope,
): readonly Argument[] | undefined {
  const value = inLoop(input, prop, scope);
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) {
    scope.report('PL353', { prop, found: describe(value), wanted: "a list of arguments: ['echo', 'hello']" });
    return undefined;
  }
  return value.map((argument, at) => lowerArgument(argument, `${prop}[${at}]`, scope));
}

const index = createReference<number>({ kind: 'index' });

/** Calls a function of the item with the references to the item and its number. */
function inLoop<V>(input: PerItem<unknown, V> | undefined, prop: string, scope: TaskScope): V | undefined {
  if (typeof input !== 'function') return input;
  const loop: Loop<unknown> = { item: scope.props.forEach?.item, index };
  return scope.call(`\`${prop}\``, () => (input as (loop: Loop<unknown>) => V)(loop));
}

function lowerEnvironment(scope: TaskScope): Environment {
  const { props } = scope;
  const defaults = scope.pipeline.props;
  const own = scope.read(environment, inLoop(props.env, 'env', scope), 'env') as EnvInputs | undefined;
  const inputs: EnvInputs = { ...defaults.env, ...own };
  const variables = Object.entries(inputs).flatMap(([name, input]) =>
    input === undefined ? [] : (lowerVariable(name, input, scope) ?? []),
  );
  const from = [...(defaults.envFrom ?? []), ...(props.envFrom ?? [])].flatMap((source) => lowerSource(source, scope));
  return { variables, from };
}

function lowerVariable(name: string, input: EnvInput, scope: TaskScope): EnvironmentVariable | undefined {
  if (isObject(input) && !isReference(input)) return lowerVariableSource(name, input, scope);
  return { kind: 'text', name, text: lowerText(input, `env.${name}`, scope) };
}

function lowerVariableSource(
  name: string,
  input: Record<string, unknown>,
  scope: TaskScope,
): EnvironmentVariable | undefined {
  const optional = input['optional'] === true;
  for (const kind of ['secret', 'configMap'] as const) {
    const object = input[kind];
    if (
      object !== undefined &&
      (typeof object === 'string' || isNamedObject(object)) &&
      typeof input['key'] === 'string'
    ) {
      return { kind, name, object: nameOf(object), key: input['key'], optional };
    }
  }
  if (typeof input['field'] === 'string') return { kind: 'field', name, fieldPath: input['field'] };
  const foreign = isEnvValue(input) ? lowerEnvValue(name, plain(input) as Record<string, unknown>, scope) : undefined;
  if (foreign === undefined) {
    scope.report('PL353', {
      prop: `env.${name}`,
      found: describe(input),
      wanted:
        "text, { secret: 'name', key: 'key' }, { configMap: 'name', key: 'key' }, { field: 'metadata.name' } or a cdk8s-plus EnvValue",
    });
  }
  return foreign;
}

/** A cdk8s-plus EnvValue, by shape. */
function lowerEnvValue(
  name: string,
  value: Record<string, unknown>,
  scope: TaskScope,
): EnvironmentVariable | undefined {
  if (typeof value['value'] === 'string') {
    return { kind: 'text', name, text: lowerText(value['value'], `env.${name}`, scope) };
  }
  const from = (value['valueFrom'] ?? {}) as Record<string, Record<string, unknown> | undefined>;
  for (const kind of ['secret', 'configMap'] as const) {
    const source = from[`${kind}KeyRef`];
    if (source !== undefined) {
      return {
        kind,
        name,
        object: String(source['name']),
        key: String(source['key']),
        optional: source['optional'] === true,
      };
    }
  }
  if (from['fieldRef'] !== undefined) return { kind: 'field', name, fieldPath: String(from['fieldRef']['fieldPath']) };
  const resource = from['resourceFieldRef'];
  if (resource === undefined) return undefined;
  const divisor = resource['divisor'];
  return {
    kind: 'resource',
    name,
    resource: String(resource['resource']),
    divisor: divisor === undefined ? undefined : String(divisor),
  };
}

function lowerSource(input: EnvFromInput, scope: TaskScope): Environment['from'] {
  const kind = input.secret !== undefined ? 'secret' : 'configMap';
  const object = input.secret ?? input.configMap;
  if (object === undefined) {
    scope.report('PL353', {
      prop: 'envFrom',
      found: describe(input),
      wanted: "{ secret: 'name' } or { configMap: 'name' }",
    });
    return [];
  }
  return [{ kind, object: nameOf(object), prefix: input.prefix, optional: input.optional ?? false }];
}

/** Safe where it costs nothing: ordinary ML images, which run as root and write below their root, still run. */
function lowerSecurity(props: SecurityProps): Security {
  return {
    runAsUser: props.user,
    runAsGroup: props.group,
    runAsNonRoot: props.nonRoot,
    fsGroup: props.fsGroup,
    readOnlyRootFilesystem: props.readOnlyRoot,
    privileged: props.privileged,
    // The API server refuses a privileged container that may not escalate.
    allowPrivilegeEscalation: props.allowPrivilegeEscalation ?? props.privileged ?? false,
    addCapabilities: [...(props.addCapabilities ?? [])],
    dropCapabilities: [...(props.dropCapabilities ?? [])],
    seccompProfile: props.seccomp ?? (props.privileged ? 'Unconfined' : 'RuntimeDefault'),
  };
}
