import type { Collector } from '../diagnostics/collector.ts';
import type { Origin } from '../diagnostics/location.ts';
import type { Pipeline } from '../ir/pipeline.ts';
import type { Profile } from '../ir/profile.ts';
import type { StringMap } from '../ir/scalar.ts';
import { labelKeyProblem, labelValueProblem } from '../units/label.ts';
import { quoted } from '../units/parsed.ts';

/** Labels, annotations and selectors have the syntax of Kubernetes, and leave podloom's own labels alone. */
export function checkLabels(pipeline: Pipeline, _profile: Profile, diagnostics: Collector): void {
  checkMap('labels', pipeline.labels, pipeline.origin, diagnostics);
  checkOwn('`labels`', pipeline.labels, pipeline.origin, diagnostics);
  for (const { podLabels, podAnnotations, placement, origin } of pipeline.tasks) {
    checkMap('labels', podLabels, origin, diagnostics);
    checkOwn('`labels`', podLabels, origin, diagnostics);
    checkOwn('`annotations`', podAnnotations, origin, diagnostics);
    checkMap('nodeSelector', placement.nodeSelector, origin, diagnostics);
    checkMap('antiAffinity.labels', placement.antiAffinity?.selector ?? {}, origin, diagnostics);
    for (const key of Object.keys(podAnnotations)) {
      // Kubernetes compares the keys of annotations in lower case (ValidateAnnotations).
      checkText('the key of `annotations`', key, labelKeyProblem(key.toLowerCase()), origin, diagnostics);
    }
  }
}

function checkMap(field: string, labels: StringMap, origin: Origin, diagnostics: Collector): void {
  for (const [key, value] of Object.entries(labels)) {
    checkText(`the key of \`${field}\``, key, labelKeyProblem(key), origin, diagnostics);
    checkText(`the value of ${quoted(key)} in \`${field}\``, value, labelValueProblem(value), origin, diagnostics);
  }
}

function checkText(
  field: string,
  text: string,
  problem: string | undefined,
  origin: Origin,
  diagnostics: Collector,
): void {
  if (problem !== undefined) diagnostics.report('PL083', { field, text: quoted(text), problem }, { origin });
}

function checkOwn(field: string, labels: StringMap, origin: Origin, diagnostics: Collector): void {
  for (const key of Object.keys(labels)) {
    if (key.startsWith('podloom.dev/')) diagnostics.report('PL084', { field, key: quoted(key) }, { origin });
  }
}
