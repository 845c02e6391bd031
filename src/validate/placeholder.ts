/**
 * What stands for an Argo tag (`{{…}}`) while a manifest inside a template is checked. It is a valid name, and values
 * which hold it are not judged, because only Argo knows what they will be.
 */
export const PLACEHOLDER = 'podloom0tag0value';

export function withoutTags(text: string): string {
  return text.replace(/\{\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}\}/g, PLACEHOLDER);
}
