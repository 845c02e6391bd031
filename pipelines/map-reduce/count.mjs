// Counts the words of one text: node count.mjs <text> <counts.json>
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const [input, output] = process.argv.slice(2);
const counts = new Map();
for (const [word] of readFileSync(input, 'utf8')
  .toLowerCase()
  .matchAll(/\p{L}+/gu)) {
  counts.set(word, (counts.get(word) ?? 0) + 1);
}
mkdirSync(dirname(output), { recursive: true });
// Renamed when complete, so that the reducer never reads half a file.
writeFileSync(`${output}.part`, JSON.stringify(Object.fromEntries(counts)));
renameSync(`${output}.part`, output);
const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
console.log(`${input}: ${total} words, ${counts.size} different`);
