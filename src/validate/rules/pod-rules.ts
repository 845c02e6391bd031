import { isIP } from 'node:net';
import { containerRules, securityRules } from './container-rules.ts';
import type { Place } from './place.ts';
import { placementRules } from './placement-rules.ts';
import { volumeRules } from './volume-rules.ts';
import { dnsLabel, dnsName, qualifiedName } from './words.ts';

/** Rules of a pod's spec (ValidatePodSpec in pkg/apis/core/validation/validation.go of Kubernetes 1.36). */
export function podRules(spec: Place): void {
  volumeRules(spec.at('volumes'));
  placementRules(spec);
  const names = new Set(spec.at('volumes').items.flatMap((volume) => volume.at('name').text ?? []));
  const hostNetwork = spec.at('hostNetwork').value === true;
  const seen = new Set<string>();
  for (const field of ['containers', 'initContainers']) {
    for (const container of spec.at(field).items) {
      const { text } = container.at('name');
      if (text !== undefined && seen.has(text)) container.at('name').refuse(`is ${JSON.stringify(text)} a second time`);
      if (text !== undefined) seen.add(text);
      if (!container.has('image')) container.refuse('has no image');
      containerRules(container, { init: field === 'initContainers', volumes: names, hostNetwork });
      claimRules(container, spec);
    }
  }
  for (const name of ['serviceAccountName', 'priorityClassName', 'runtimeClassName', 'nodeName'])
    dnsName(spec.at(name));
  for (const name of ['hostname', 'subdomain']) dnsLabel(spec.at(name));
  spec.at('activeDeadlineSeconds').between(1, 2_147_483_647);
  gateRules(spec);
  securityRules(spec.at('securityContext'));
  sysctlRules(spec.at('securityContext').at('sysctls'));
  networkRules(spec);
  shareRules(spec, hostNetwork);
}

function claimRules(container: Place, spec: Place): void {
  const known = spec.at('resourceClaims').items.flatMap((claim) => claim.at('name').text ?? []);
  for (const claim of container.at('resources').at('claims').items) {
    claim.at('name').fits((text) => known.includes(text), 'one of the resourceClaims of the pod');
  }
}

function gateRules(spec: Place): void {
  for (const gate of spec.at('schedulingGates').items) qualifiedName(gate.at('name'));
  for (const gate of spec.at('readinessGates').items) qualifiedName(gate.at('conditionType'));
  spec.at('schedulingGates').unique('name');
}

const SYSCTL = /^(?=.{1,253}$)[a-z0-9](?:[-_a-z0-9]*[a-z0-9])?(?:[./][a-z0-9](?:[-_a-z0-9]*[a-z0-9])?)*$/;

function sysctlRules(sysctls: Place): void {
  for (const sysctl of sysctls.items) sysctl.at('name').fits((text) => SYSCTL.test(text), 'the name of a sysctl');
  sysctls.unique('name');
}

function networkRules(spec: Place): void {
  const config = spec.at('dnsConfig');
  const servers = config.at('nameservers').items;
  if (spec.at('dnsPolicy').text === 'None' && servers.length === 0) {
    spec.at('dnsPolicy').refuse('is None, without nameservers in dnsConfig');
  }
  for (const server of servers) address(server);
  const search = /^(?:\.|[_a-z0-9](?:[-_a-z0-9]*[_a-z0-9])?(?:\.[_a-z0-9](?:[-_a-z0-9]*[_a-z0-9])?)*\.?)$/;
  for (const domain of config.at('searches').items) domain.fits((text) => search.test(text), 'a DNS name');
  for (const option of config.at('options').items) {
    if (!option.at('name').value) option.refuse('has no name');
  }
  for (const alias of spec.at('hostAliases').items) {
    address(alias.at('ip'));
    for (const name of alias.at('hostnames').items) dnsName(name);
  }
}

function address(place: Place): void {
  place.fits((text) => isIP(text) !== 0, 'an IP address');
}

function shareRules(spec: Place, hostNetwork: boolean): void {
  const hostPid = spec.at('hostPID').value === true;
  if (hostPid && spec.at('shareProcessNamespace').value === true) {
    spec.at('shareProcessNamespace').refuse('is true, and so is hostPID');
  }
  if (spec.at('hostUsers').value !== false) return;
  if (hostNetwork || hostPid || spec.at('hostIPC').value === true) {
    spec.at('hostUsers').refuse('is false, and the pod shares other namespaces with its node');
  }
}
