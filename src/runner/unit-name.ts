import type { ForEach, ItemValue } from '../ir/items.ts';

export function unitNameOf(_forEach: ForEach, unit: number, items: readonly ItemValue[]): string {
  const first = items[0];
  const text = typeof first === 'object' ? Object.values(first).map(String).join('-') : String(first);
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,60}$/.test(text) ? text : `${unit}`;
}
