/** State of FNV-1a (32 bit) before the first byte. */
export const FNV_OFFSET = 0x811c9dc5;

const encoder = new TextEncoder();

/**
 * FNV-1a, 32 bit, of the UTF-8 bytes of a text: `hash/fnv.New32a` of Go. `state` continues from an earlier call, so
 * that a common prefix is read once.
 */
export function fnv1a(text: string, state: number = FNV_OFFSET): number {
  let hash = state;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    // From here on a character is not one byte.
    if (unit >= 0x80) return encoded(text.slice(index), hash);
    hash = Math.imul(hash ^ unit, 0x01000193);
  }
  return hash >>> 0;
}

function encoded(text: string, state: number): number {
  let hash = state;
  for (const byte of encoder.encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
