// Writes the texts that the map-reduce pipeline counts: 240 files with the same bytes on every machine.
// Usage: node scripts/make-corpus.mjs [folder]     (default: pipelines/data/corpus)
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const FILES = 240;
const WORDS_PER_FILE = 2000;
const VOCABULARY = 3000;

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const folder = resolve(process.argv[2] ?? join(root, 'pipelines/data/corpus'));

/** Mulberry32: small, fast, and the same everywhere. Numbers in [0, 1). */
function randomNumbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Words of one to four syllables; each of them once, the short ones first, so that they are frequent. */
function makeVocabulary() {
  const syllables = [...'bdfgklmnprstvz'].flatMap((consonant) => [...'aeiou'].map((vowel) => consonant + vowel));
  const random = randomNumbers(1);
  const words = new Set();
  while (words.size < VOCABULARY) {
    const length = 1 + Math.floor((4 * words.size) / VOCABULARY);
    let word = '';
    for (let i = 0; i < length; i++) word += syllables[Math.floor(random() * syllables.length)];
    words.add(words.has(word) ? word + syllables[Math.floor(random() * syllables.length)] : word);
  }
  return [...words];
}

/** Zipf's law, roughly: the word of rank r about 1/r times as often as the first. */
function makeText(vocabulary, seed) {
  const random = randomNumbers(seed);
  const lines = [];
  for (let line = [], count = 0; count < WORDS_PER_FILE; count++) {
    line.push(vocabulary[Math.floor(vocabulary.length ** random()) - 1]);
    if (line.length < 12 && count < WORDS_PER_FILE - 1) continue;
    lines.push(`${line.join(' ')}.`);
    line = [];
  }
  return `${lines.join('\n')}\n`;
}

const vocabulary = makeVocabulary();
mkdirSync(folder, { recursive: true });
for (let number = 0; number < FILES; number++) {
  const name = `text-${String(number).padStart(3, '0')}.txt`;
  writeFileSync(join(folder, name), makeText(vocabulary, 1000 + number));
}
