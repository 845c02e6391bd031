import type { Collector } from '../../diagnostics/collector.ts';
import type { Json, JsonObject } from '../../ir/scalar.ts';
import { ITEMS_LABEL, SPEC_ANNOTATION } from '../../runner/items/item-pod.ts';
import { podName } from '../../runner/items/pod-name.ts';
import type { TemplateItem } from '../../runner/items/template-item.ts';
import { isDnsSubdomain } from '../../units/dns-name.ts';
import { hashText } from '../../units/hash.ts';
import type { PodTemplate } from './read-template.ts';

/** A file name has at most 255 bytes, and the log of a pod has an ending and perhaps the number of an attempt. */
const MAX_NAME = 240;

/** The names of the pods of all items. Those that cannot be, or that two items share, are reported. */
export function podNames(pod: PodTemplate, items: readonly TemplateItem[], diagnostics: Collector): readonly string[] {
  const { template, nameText, prefix, at } = pod;
  const first = new Map<string, TemplateItem>();
  let problems = 0;
  return items.map((item) => {
    const name = nameText === undefined ? podName(prefix, item) : nameIn(template.render(item));
    const other = first.get(name);
    if (other === undefined) first.set(name, item);
    if (problems >= MOST_PROBLEMS) return name;
    const place = { location: nameText?.location ?? item.location ?? at([]) };
    const notes = item.location && nameText && [{ message: 'the item', location: item.location }];
    if (nameText !== undefined && !(isDnsSubdomain(name) && name.length <= MAX_NAME)) {
      problems++;
      diagnostics.report('PL495', { item: item.where, name }, { ...place, ...(notes && { notes }) });
    } else if (other !== undefined) {
      problems++;
      diagnostics.report('PL496', { first: other.where, second: item.where, name }, place);
    }
    return name;
  });
}

/** What is wrong in one item is often wrong in all. */
export const MOST_PROBLEMS = 20;

/** The pod of an item as it is made: with its name, the label of the folder and the hash of what was asked for. */
export function podObject(
  pod: PodTemplate,
  item: TemplateItem,
  name: string,
  namespace: string,
  folder: string,
): JsonObject {
  const rendered = pod.template.render(item) as JsonObject;
  const { generateName: _, ...metadata } = mapOf(rendered['metadata']);
  const spec = { restartPolicy: 'Never', ...mapOf(rendered['spec']) };
  const asked = { ...rendered, metadata: { ...metadata, name, namespace }, spec };
  return {
    ...asked,
    metadata: {
      ...asked.metadata,
      labels: { ...mapOf(metadata['labels']), [ITEMS_LABEL]: folder },
      annotations: {
        ...mapOf(metadata['annotations']),
        [SPEC_ANNOTATION]: hashText(JSON.stringify(asked), 16),
      },
    },
  };
}

function nameIn(rendered: Json): string {
  const name = mapOf(mapOf(rendered)['metadata'])['name'];
  return typeof name === 'string' ? name : String(name ?? '');
}

function mapOf(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}
