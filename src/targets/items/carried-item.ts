/**
 * How an item of a list made at run time travels in an environment variable: as text for the builtin `printf '%b'`, without
 * the characters that Argo (`{{`) or the kubelet (`$(`) would expand on the way.
 */
export function encodeCarriedItem(text: string): string {
  return text.replace(/[\\{$]/g, (character) => `\\0${character.charCodeAt(0).toString(8).padStart(3, '0')}`);
}

/** The variable that carries the value of `ITEM` or `ITEM_<FIELD>` into the pod. */
export function carriedName(variable: string): string {
  return `PODLOOM_${variable}`;
}
