import type { Collector } from '../diagnostics/collector.ts';
import type { Origin } from '../diagnostics/location.ts';
import type { Pipeline } from '../ir/pipeline.ts';
import type { Profile } from '../ir/profile.ts';
import { parseImage } from '../units/image.ts';
import { quoted } from '../units/parsed.ts';

export function checkImages(pipeline: Pipeline, _profile: Profile, diagnostics: Collector): void {
  checkImage('busyboxImage', pipeline.busyboxImage, pipeline.origin, diagnostics);
  for (const { container, origin } of pipeline.tasks) {
    // A task without an image has been reported.
    if (container.image !== '') checkImage('image', container.image, origin, diagnostics);
  }
}

function checkImage(field: string, image: string, origin: Origin, diagnostics: Collector): void {
  const parsed = parseImage(image);
  if (parsed.ok) return;
  const { problem, hint } = parsed;
  diagnostics.report('PL070', { field, image: quoted(image), problem, hint }, { origin });
}
