import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { setHost } from '../../src/constructs/host.ts';
import { Items, itemsOf } from '../../src/constructs/items/index.ts';
import { Collector } from '../../src/diagnostics/collector.ts';
import { itemAt } from '../../src/ir/item-values.ts';
import { anOrigin } from '../rig/ir.ts';
import { shells } from './shells.ts';

const here = fileURLToPath(import.meta.url);
const root = mkdtempSync(path.join(tmpdir(), 'podloom-sources-'));
const inputs: string[] = [];
let before: ReturnType<typeof setHost>;

beforeAll(() => {
  before = setHost({ root, register: () => {}, readInput: (file) => inputs.push(file) });
});
afterAll(() => {
  setHost(before);
  rmSync(root, { recursive: true });
});

function write(name: string, content: string | Uint8Array): string {
  writeFileSync(path.join(root, name), content);
  return name;
}

function known(items: object) {
  const data = itemsOf(items);
  if (data === undefined) throw new Error('not made by Items');
  return data;
}

function valuesOf(items: object): unknown[] {
  const { items: list } = known(items);
  if (list === undefined || list.kind === 'output') throw new Error(problemsOf(items).join('\n'));
  const count = list.kind === 'table' ? list.values.length : list.count;
  return Array.from({ length: count }, (_, index) => itemAt(list, index));
}

/** Code and message, and the place in the data. Each has to point at this file. */
function problemsOf(items: object): string[] {
  const diagnostics = new Collector();
  const data = known(items);
  data.report(diagnostics, anOrigin());
  const found = diagnostics.sorted();
  expect(data.items === undefined).toBe(found.length > 0);
  for (const { location } of found) expect(location?.file).toBe(here);
  return found.map(({ code, message, notes }) => {
    const place = notes.find(({ message }) => message === 'in the data')?.location;
    return `${code} ${message}${place === undefined ? '' : ` @ ${path.relative(root, place.file)}:${place.line}:${place.column}`}`;
  });
}

describe('Items.of', () => {
  it('takes values or one array, scalars or flat objects', () => {
    expect(valuesOf(Items.of('a', 'b'))).toEqual(['a', 'b']);
    expect(valuesOf(Items.of([1, 2]))).toEqual([1, 2]);
    expect(valuesOf(Items.of<{ a: number; b?: string }>({ a: 1 }, { a: 2, b: 'x' }))).toEqual([
      { a: 1, b: '' },
      { a: 2, b: 'x' },
    ]);
    expect(valuesOf(Items.of())).toEqual([]);
  });

  it('reports what no item can be', () => {
    const bad = [
      null,
      Number.NaN,
      ['x'],
      { a: { b: 1 } },
      new Date(0),
      {},
      undefined,
      'a\0',
      '\ud800',
      '\uE0001\uE001',
    ];
    const messages = bad.map((value) => problemsOf(Items.of(value as never, ...([] as never[])))[0] ?? '');
    expect(messages.slice(0, 2)).toEqual(['PL047 item 0 is null', 'PL047 item 0 is the number NaN']);
    expect(messages.slice(3)).toEqual([
      'PL047 field a of item 0 is an object',
      'PL047 item 0 is a Date',
      'PL047 item 0 is an object without fields',
      'PL047 item 0 is undefined',
      'PL042 item 0 has a NUL',
      'PL042 item 0 has half of a surrogate pair',
      'PL042 item 0 has a reference',
    ]);
    expect(problemsOf(Items.of<string | { a: number }>('x', { a: 1 }))).toEqual([
      'PL048 the items are of two kinds: item 0 is a scalar, item 1 is an object',
    ]);
    expect(problemsOf(Items.of(...(Array(1000).fill(null) as never[])))).toHaveLength(20);
  });
});

describe('Items.lines', () => {
  it('takes LF and CRLF, a byte order mark, comments and no newline at the end', () => {
    expect(valuesOf(Items.lines(write('a.txt', '\ufeffa\r\n b \n\n#c\nd')))).toEqual(['a', ' b ', '#c', 'd']);
    expect(valuesOf(Items.lines('a.txt', { comments: '#' }))).toEqual(['a', ' b ', 'd']);
    expect(inputs).toContain(path.join(root, 'a.txt'));
    const long = Array.from({ length: 300_000 }, (_, n) => `größe ${n}`);
    expect(valuesOf(Items.lines(write('long.txt', long.join('\n')))).length).toBe(300_000);
    expect(valuesOf(Items.lines('long.txt'))[299_999]).toBe('größe 299999');
  });

  it('reports files that cannot be read', () => {
    expect(problemsOf(Items.lines('missing.txt'))).toEqual([
      'PL040 the items file missing.txt cannot be read: there is no such file',
    ]);
    mkdirSync(path.join(root, 'folder'));
    expect(problemsOf(Items.lines('folder'))).toEqual(['PL040 the items file folder cannot be read: it is a folder']);
    expect(problemsOf(Items.lines('a.txt/b'))[0]).toMatch(/^PL040/);
  });

  it('reports bytes and lines that no item can have, with their place', () => {
    expect(problemsOf(Items.lines(write('nul.txt', 'a\nb\0c\n')))).toEqual([
      'PL042 line 2 of nul.txt has a NUL @ nul.txt:2:2',
    ]);
    const latin = Buffer.concat([Buffer.from('fine\nä\uFFFD'), Buffer.from([0xff, 0x0a])]);
    expect(problemsOf(Items.lines(write('latin.txt', latin)))).toEqual([
      'PL041 latin.txt has invalid UTF-8 at line 2, byte 6 @ latin.txt:2:6',
    ]);
    const cut = Buffer.from('€').subarray(0, 2);
    expect(problemsOf(Items.lines(write('cut.txt', cut)))).toEqual([
      'PL041 cut.txt has invalid UTF-8 at line 1, byte 1 @ cut.txt:1:1',
    ]);
    expect(problemsOf(Items.lines(write('wide.txt', `a\n${'x'.repeat(131_073)}\n`)))).toEqual([
      'PL043 line 2 of wide.txt is longer than 128 KiB @ wide.txt:2:1',
    ]);
    expect(problemsOf(Items.lines(write('huge.txt', 'x'.repeat(50_000_000))))).toHaveLength(1);
    expect(problemsOf(Items.lines(write('mark.txt', '\n\na\n#\n\uE000\n'), { comments: '#' }))).toEqual([
      'PL042 line 5 of mark.txt has a reference @ mark.txt:5:1',
    ]);
  });

  it('reads a million lines fast and in little memory', () => {
    write('million.txt', Array.from({ length: 1_000_000 }, (_, n) => `s3://bucket/shard-${n}.tar`).join('\n'));
    const script = `import { Items, itemsOf } from ${JSON.stringify(path.resolve('src/constructs/items/index.ts'))};
      const start = performance.now();
      const items = Items.lines(${JSON.stringify(path.join(root, 'million.txt'))});
      console.log(JSON.stringify([items.length, performance.now() - start, process.resourceUsage().maxRSS / 1024]));`;
    const ran = spawnSync(process.execPath, ['--conditions=podloom-source', '--input-type=module', '-e', script], {
      encoding: 'utf8',
    });
    const [length, milliseconds, mebibytes] = JSON.parse(ran.stdout) as [number, number, number];
    expect(length).toBe(1_000_000);
    expect(milliseconds).toBeLessThan(4_000);
    expect(mebibytes).toBeLessThan(300);
  });
});

describe('Items.json', () => {
  const schema = z.object({ path: z.string(), size: z.number() });

  it('takes a list, or a value on each line, with a schema that may change them', () => {
    expect(valuesOf(Items.json(write('a.json', '[{"a": 1}, {"b": "x"}]')))).toEqual([
      { a: 1, b: '' },
      { a: '', b: 'x' },
    ]);
    expect(valuesOf(Items.json(write('a.jsonl', '1\n\n"x"\n')))).toEqual([1, 'x']);
    const upper = z.string().transform((text) => text.toUpperCase());
    expect(valuesOf(Items.json(write('b.json', '["a"]'), upper))).toEqual(['A']);
  });

  it('reports syntax with its place', () => {
    const json = (text: string) => problemsOf(Items.json(write('bad.json', text)));
    expect(json('["a",\n "b",]')).toEqual(['PL044 bad.json:2:6: expected a value, found "]" @ bad.json:2:6']);
    expect(json('[1, a]')[0]).toMatch(/:1:5: expected a value, found "a"/);
    expect(json('')[0]).toMatch(/:1:1: expected a value, found the end of the file/);
    expect(json('[{"a" 1}]')[0]).toMatch(/:1:7: expected a key in double quotes and ":"/);
    expect(json('[[1], 2')[0]).toMatch(/:1:8: expected "," or "\]", found the end of the file/);
    expect(json('[{},\n{"a": [{"b": tru}]}]')[0]).toMatch(/:2:14: expected a value/);
    expect(json('[1] 2')[0]).toMatch(/:1:5: expected the end of the file/);
    expect(json('{"a": 1}')[0]).toMatch(/the file is not one list/);
    expect(json('['.repeat(100_000))[0]).toMatch(/^PL044/);
    expect(problemsOf(Items.json(write('bad.jsonl', '1\n{"a":}\n')))).toEqual([
      'PL044 bad.jsonl:2:6: expected a value, found "}" @ bad.jsonl:2:6',
    ]);
  });

  it('reports what does not match the schema or is no item, with its place', () => {
    write('c.json', '[\n  {"path": "a", "size": 1},\n  {"path": 7, "size": [2, 3]}\n]');
    expect(problemsOf(Items.json('c.json', schema))).toEqual([
      expect.stringMatching(/^PL046 item 1 of c.json does not match the schema: path: .*string.* @ c.json:3:3$/),
      expect.stringMatching(/^PL046 item 1 of c.json does not match the schema: size: .*number.* @ c.json:3:3$/),
    ]);
    expect(problemsOf(Items.json('c.json'))).toEqual(['PL047 field size of item 1 of c.json is a list @ c.json:3:3']);
    const late = z.string().refine(async () => true);
    expect(problemsOf(Items.json(write('d.json', '["a"]'), late))[0]).toMatch(/^PL046 .* asynchronous/);
  });
});

describe('Items.csv', () => {
  it('takes quotes, newlines inside of them, other delimiters, and given columns', () => {
    const rows = valuesOf(Items.csv(write('a.csv', 'path,note\r\na.tar,"x, ""y""\nz"\r\n"b",\r\n')));
    expect(rows).toEqual([
      { path: 'a.tar', note: 'x, "y"\nz' },
      { path: 'b', note: '' },
    ]);
    expect(valuesOf(Items.csv(write('a.tsv', 'a\tb\n1\t2\n')))).toEqual([{ a: '1', b: '2' }]);
    expect(valuesOf(Items.csv(write('b.csv', '1;2\n'), undefined, { delimiter: ';', columns: ['x', 'y'] }))).toEqual([
      { x: '1', y: '2' },
    ]);
    const schema = z.object({ a: z.coerce.number(), b: z.string() });
    expect(valuesOf(Items.csv('a.tsv', schema))).toEqual([{ a: 1, b: '2' }]);
  });

  it('reports ragged rows, open quotes and bad headers', () => {
    const csv = (text: string) => problemsOf(Items.csv(write('bad.csv', text)));
    expect(csv('a,b\n1,2\n3\n4,5,6\n')).toEqual([
      'PL045 bad.csv:3: 1 field, but the header has 2 @ bad.csv:3:1',
      'PL045 bad.csv:4: 3 fields, but the header has 2 @ bad.csv:4:1',
    ]);
    expect(csv('a,b\n1,"2\n3,4\n')).toEqual(['PL045 bad.csv:2: a quoted field does not end @ bad.csv:2:1']);
    expect(csv('a,b\n1,"2"x\n')[0]).toMatch(/text after a quoted field/);
    expect(csv('a,b\n1,2"x\n')[0]).toMatch(/a quote inside a field/);
    expect(csv('a,a\n')[0]).toMatch(/two columns are called "a"/);
    expect(csv(`a\n"${'x\n'.repeat(200_000)}`)[0]).toMatch(/within 128 KiB/);
    const schema = z.object({ size: z.coerce.number() });
    expect(problemsOf(Items.csv(write('c.csv', 'size\n1\n\nx\n'), schema))[0]).toMatch(
      /^PL046 line 4 of c.csv .* @ c.csv:4:1$/,
    );
  });
});

describe('Items.braces', () => {
  const patterns = [
    'shard-{0000..0004}.tar',
    '{a,b}',
    '{a,b{1..3},c}x{d,e}',
    '{0..9..3}',
    '{9..0..2}',
    '{5..1}',
    '{-2..2}',
    '{-02..2}',
    '{08..11}',
    '{a..e}',
    '{e..a..2}',
    '{a}',
    'a{',
    'a}b',
    '{a,b',
    '{a,{b,c}',
    '{{a,b},c}',
    'x{1..}y',
    '{1..a}',
    '{,x}y',
    '\\{a,b\\}{c,d}',
    '{a\\,b,c}',
    '{0..0}',
    '{a,b}{a,b}{1..2}',
    'plain',
    '{001..3}',
    '{1..03}',
    'p{{1..2},{4..5}}',
  ];

  it.skipIf(shells.some(({ name, missing }) => name === 'bash' && missing))('means what bash means', () => {
    for (const pattern of patterns) {
      const ran = spawnSync('bash', ['-c', `printf '%s\\n' ${pattern}`], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      expect([pattern, ran.stderr]).toEqual([pattern, '']);
      expect([pattern, ...valuesOf(Items.braces(pattern))]).toEqual([pattern, ...ran.stdout.split('\n').slice(0, -1)]);
    }
  });

  it('stays computed, whatever the size', () => {
    expect(known(Items.braces('a{0..999999}b{x,y}')).items).toMatchObject({ kind: 'computed', count: 2_000_000 });
    expect(
      known(Items.braces(`{${Array.from({ length: 1100 }, (_, n) => n.toString(36)).join()}}`)).items,
    ).toMatchObject({ kind: 'table' });
    expect(Items.braces('{0..9}').take(3).length).toBe(3);
    expect(valuesOf(Items.braces('{a,b}{0..9}').take(11))).toEqual([
      ...Array.from({ length: 10 }, (_, n) => `a${n}`),
      'b0',
    ]);
  });

  it('reports what is too much', () => {
    expect(problemsOf(Items.braces('{0..99999}{0..99999}'))[0]).toMatch(/^PL049 .* too many/);
    expect(problemsOf(Items.braces('{0..9999999999}'))[0]).toMatch(/^PL049/);
    expect(problemsOf(Items.braces('{a..Z}'))[0]).toMatch(/one case to the other/);
    expect(problemsOf(Items.braces('{'.repeat(5000)))[0]).toMatch(/4096 characters/);
    expect(valuesOf(Items.braces('{'.repeat(4000)))).toEqual(['{'.repeat(4000)]);
  });
});

describe('Items.range, files, product and the methods of lists', () => {
  it('count as Python does', () => {
    expect(valuesOf(Items.range(3))).toEqual(['0', '1', '2']);
    expect(valuesOf(Items.range(10, 0, -5))).toEqual(['10', '5']);
    expect(valuesOf(Items.range(0, 0.4, 0.1))).toEqual([0, 0.1, 0.2, 0.3]);
    expect(valuesOf(Items.range(5, 3))).toEqual([]);
    expect(known(Items.range(0, 5_000_000_000)).items).toBeUndefined();
    expect(known(Items.range(1_700_000_000_000, 1_700_000_000_003)).items).toMatchObject({ kind: 'table' });
    expect(problemsOf(Items.range(0, 1, 0))).toEqual(['PL049 Items.range(0, 1, 0): the step is 0']);
    expect(problemsOf(Items.range(Number.NaN))[0]).toMatch(/finite/);
  });

  it('find files by paths from the root, sorted by code units', () => {
    mkdirSync(path.join(root, 'in'));
    mkdirSync(path.join(root, 'in/d.txt'));
    for (const name of ['b.txt', 'a.txt', 'Z.txt', 'c.md']) write(`in/${name}`, '');
    expect(valuesOf(Items.files('in/*.txt'))).toEqual(['in/Z.txt', 'in/a.txt', 'in/b.txt']);
    expect(valuesOf(Items.files('in/*.none'))).toEqual([]);
  });

  it('combine and change lists', () => {
    const sweep = Items.product({ lr: [0.1, 0.01], seed: Items.range(2) });
    expect(valuesOf(sweep)).toEqual([
      { lr: 0.1, seed: 0 },
      { lr: 0.1, seed: 1 },
      { lr: 0.01, seed: 0 },
      { lr: 0.01, seed: 1 },
    ]);
    expect(valuesOf(sweep.filter(({ seed }) => seed === 1).map(({ lr }, index) => `${lr}/${index}`))).toEqual([
      '0.1/0',
      '0.01/1',
    ]);
    expect(valuesOf(Items.range(3).map((number) => number * 2))).toEqual([0, 2, 4]);
    expect(known(sweep.batch(3))).toMatchObject({ batch: 3, items: { kind: 'table' } });
    expect(problemsOf(sweep.batch(0))).toEqual(['PL056 `batch` is 0: it has to be a whole number from 1']);
    expect(problemsOf(Items.product({ a: Items.lines('missing.txt'), b: [1] }))[0]).toMatch(/^PL040/);
    expect(
      problemsOf(
        Items.lines('missing.txt')
          .map((line) => line)
          .filter(() => true)
          .take(2)
          .batch(2),
      ),
    ).toHaveLength(1);
    expect(problemsOf(Items.of('a').take(-1))[0]).toMatch(/^PL049/);
    expect(itemsOf({})).toBeUndefined();
  });
});
