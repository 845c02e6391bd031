// Adds up all counts and keeps the most frequent words: node reduce.mjs <folder of counts> <top.json> <how many>
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder, output, limit] = process.argv.slice(2);
const totals = new Map();
const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
for (const file of files) {
  const counts = JSON.parse(readFileSync(join(folder, file), 'utf8'));
  for (const [word, count] of Object.entries(counts)) totals.set(word, (totals.get(word) ?? 0) + count);
}
const top = [...totals]
  .sort(([wordA, a], [wordB, b]) => b - a || (wordA < wordB ? -1 : 1))
  .slice(0, Number(limit))
  .map(([word, count]) => ({ word, count }));
writeFileSync(output, `${JSON.stringify(top, null, 2)}\n`);
console.log(`${files.length} texts, ${totals.size} different words; the most frequent:`);
for (const { word, count } of top) console.log(`${String(count).padStart(7)} ${word}`);
