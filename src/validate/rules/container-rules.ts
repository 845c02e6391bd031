import type { Place } from './place.ts';
import { resourceRules } from './resource-rules.ts';
import { configKey, dnsLabel, dnsName, pathBelow } from './words.ts';

/** Rules of containers (ValidateContainer… in pkg/apis/core/validation/validation.go of Kubernetes 1.36). */
export interface ContainerKind {
  /** `init` containers end before the pod starts, unless they restart. */
  readonly init: boolean;
  /** Names of the volumes of the pod; undefined: not all are known. */
  readonly volumes: ReadonlySet<string> | undefined;
  readonly hostNetwork: boolean;
}

export function containerRules(container: Place, kind: ContainerKind): void {
  dnsLabel(container.at('name'));
  container.at('image').fits((text) => text !== '' && text === text.trim(), 'an image');
  for (const variable of container.at('env').items) variableRules(variable);
  for (const source of container.at('envFrom').items) {
    source.oneOf(['configMapRef', 'secretRef']);
    for (const ref of ['configMapRef', 'secretRef']) dnsName(source.at(ref).at('name'));
  }
  portRules(container, kind.hostNetwork);
  mountRules(container, kind.volumes);
  resourceRules(container.at('resources'));
  securityRules(container.at('securityContext'));
  const restarts = ['Always', 'Never', 'OnFailure'];
  container.at('restartPolicy').fits((text) => restarts.includes(text), `one of ${restarts.join(', ')}`);
  const sidecar = container.at('restartPolicy').text === 'Always';
  for (const probe of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
    if (kind.init && !sidecar && container.has(probe))
      container.at(probe).refuse('is there, and init containers that end have none');
    else if (container.has(probe)) probeRules(container.at(probe), probe !== 'readinessProbe');
  }
  for (const [, hook] of container.at('lifecycle').fields) {
    if (typeof hook.value === 'object') handlerRules(hook, ['exec', 'httpGet', 'sleep', 'tcpSocket']);
  }
}

const SOURCES = ['configMapKeyRef', 'fieldRef', 'fileKeyRef', 'resourceFieldRef', 'secretKeyRef'];
const FIELD =
  /^(?:metadata\.(?:name|namespace|uid|(?:labels|annotations)\['.*'\])|spec\.(?:nodeName|serviceAccountName)|status\.(?:hostIPs?|podIPs?))$/;
const RESOURCE = /^(?:limits|requests)\.(?:cpu|memory|ephemeral-storage|hugepages-.+)$/;

function variableRules(variable: Place): void {
  // From 1.34 on; before, names are letters, digits, "_", "-" and ".".
  variable.at('name').fits((text) => /^[\x20-\x3c\x3e-\x7e]+$/.test(text), 'printable ASCII without "="');
  const from = variable.at('valueFrom');
  if (from.value === undefined) return;
  if (variable.at('value').value !== undefined && variable.at('value').value !== '') {
    variable.refuse('has value and valueFrom, and only one of them can be');
  }
  from.oneOf(SOURCES);
  from
    .at('fieldRef')
    .at('fieldPath')
    .fits((text) => FIELD.test(text), 'a field that pods tell, such as metadata.name');
  const resource = from.at('resourceFieldRef');
  resource.at('resource').fits((text) => RESOURCE.test(text), 'such as limits.cpu or requests.memory');
  const cpu = resource.at('resource').text?.endsWith('.cpu') === true;
  const divisor = cpu ? /^(?:0|1|1m)$/ : /^(?:0|1(?:[kMGTPE]|[KMGTPE]i)?)$/;
  resource.at('divisor').fits((text) => divisor.test(text), cpu ? '1 or 1m' : '1 with a suffix such as Mi, or none');
  for (const ref of ['configMapKeyRef', 'secretKeyRef']) {
    configKey(from.at(ref).at('key'));
    dnsName(from.at(ref).at('name'));
  }
}

function portRules(container: Place, hostNetwork: boolean): void {
  const ports = container.at('ports');
  for (const port of ports.items) {
    port.at('containerPort').between(1, 65_535);
    port.at('hostPort').between(0, 65_535);
    port.at('name').fits(isPortName, 'at most 15 lower-case letters, digits and "-", with a letter');
    const [own, host] = [port.at('containerPort').number, port.at('hostPort').number];
    if (hostNetwork && host !== undefined && host !== 0 && host !== own) {
      port.at('hostPort').refuse(`is ${host}, and with hostNetwork it has to be containerPort, ${own}`);
    }
  }
  ports.unique('name');
}

/** IANA_SVC_NAME. */
function isPortName(text: string): boolean {
  return /^(?=.{1,15}$)(?=.*[a-z])[a-z0-9]+(?:-[a-z0-9]+)*$/.test(text);
}

function mountRules(container: Place, volumes: ReadonlySet<string> | undefined): void {
  const mounts = container.at('volumeMounts');
  for (const mount of [...mounts.items, ...container.at('volumeDevices').items]) {
    const name = mount.at('name');
    if (volumes !== undefined) name.fits((text) => volumes.has(text), 'a volume of the pod');
  }
  for (const mount of mounts.items) {
    mount.at('mountPath').fits((text) => text !== '', 'a path');
    pathBelow(mount.at('subPath'));
    if (mount.at('subPath').text) mount.oneOf(['subPath', 'subPathExpr']);
  }
  mounts.unique('mountPath');
}

/** `once`: a probe that succeeds is done with. */
function probeRules(probe: Place, once: boolean): void {
  handlerRules(probe, ['exec', 'grpc', 'httpGet', 'tcpSocket']);
  for (const field of [
    'initialDelaySeconds',
    'timeoutSeconds',
    'periodSeconds',
    'failureThreshold',
    'successThreshold',
  ]) {
    probe.at(field).between(0, 2_147_483_647);
  }
  if (once) probe.at('successThreshold').between(0, 1);
}

function handlerRules(handler: Place, kinds: readonly string[]): void {
  handler.oneOf(kinds);
  if (handler.has('exec') && handler.at('exec').at('command').items.length === 0) {
    handler.at('exec').refuse('has no command');
  }
  for (const kind of ['httpGet', 'tcpSocket']) {
    const port = handler.at(kind).at('port');
    port.between(1, 65_535);
    port.fits(isPortName, 'a number, or the name of a port');
  }
}

/** Also the part of a pod's securityContext that containers have. */
export function securityRules(security: Place): void {
  for (const id of ['runAsUser', 'runAsGroup', 'fsGroup']) security.at(id).between(0, 2_147_483_647);
  const profile = security.at('seccompProfile');
  const { text } = profile.at('type');
  if (text === 'Localhost' && !profile.has('localhostProfile')) profile.refuse('is Localhost without localhostProfile');
  if (text !== undefined && text !== 'Localhost' && profile.has('localhostProfile')) {
    profile.at('localhostProfile').refuse(`is there, and ${text} takes none`);
  }
  if (security.at('allowPrivilegeEscalation').value !== false) return;
  const added = security
    .at('capabilities')
    .at('add')
    .items.map((place) => place.text);
  if (security.at('privileged').value === true) security.refuse('is privileged, and may not escalate');
  if (added.some((name) => name === 'CAP_SYS_ADMIN')) security.refuse('adds CAP_SYS_ADMIN, and may not escalate');
}
