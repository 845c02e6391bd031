import { workflowRules } from './argo-workflow-rules.ts';
import { containerRules, securityRules } from './container-rules.ts';
import type { Place } from './place.ts';
import { placementRules } from './placement-rules.ts';
import { volumeRules } from './volume-rules.ts';
import { dnsName } from './words.ts';

/** The pods that Argo makes of a workflow's templates, as far as they are there. */
export function argoRules(spec: Place): void {
  workflowRules(spec);
  volumeRules(spec.at('volumes'));
  placementRules(spec);
  securityRules(spec.at('securityContext'));
  for (const template of spec.at('templates').items) templateRules(template, spec);
}

function templateRules(template: Place, spec: Place): void {
  volumeRules(template.at('volumes'));
  placementRules(template);
  securityRules(template.at('securityContext'));
  for (const name of ['serviceAccountName', 'priorityClassName']) dnsName(template.at(name));
  const volumes = volumesOf(template, spec);
  const hostNetwork = spec.at('hostNetwork').value === true;
  for (const field of ['container', 'script']) {
    if (template.has(field)) containerRules(template.at(field), { init: false, volumes, hostNetwork });
  }
  for (const field of ['initContainers', 'sidecars']) {
    for (const container of template.at(field).items) {
      containerRules(container, { init: field === 'initContainers', volumes, hostNetwork });
    }
  }
  template.at('sidecars').unique('name');
  template.at('initContainers').unique('name');
}

/** undefined where a patch of the pod, or Argo itself, may bring in more. */
function volumesOf(template: Place, spec: Place): ReadonlySet<string> | undefined {
  const patches = [spec.at('podSpecPatch').value, template.at('podSpecPatch').value];
  if (patches.some((patch) => typeof patch === 'string' && patch.includes('volumes'))) return undefined;
  if (template.has('script') || spec.has('templateDefaults')) return undefined;
  const places = [spec.at('volumes'), template.at('volumes'), spec.at('volumeClaimTemplates')];
  return new Set(
    places.flatMap((place) =>
      place.items.flatMap((item) => item.at('name').text ?? item.at('metadata').at('name').text ?? []),
    ),
  );
}
