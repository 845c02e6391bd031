import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { buildReport } from '../../scripts/build-report.mjs';
import { html } from '../../src/report/html/html.ts';
import { shownText } from '../../src/report/shown-text.ts';
import { durationText } from '../../src/report/words.ts';
import { pageOf } from './page.ts';
import { aState, inFolder } from './rig.ts';
import { graphRun, hostileRun, imagesRun } from './runs.ts';

beforeAll(async () => {
  await buildReport();
});

describe('markup', () => {
  test('what is put in is text, unless it was made by the same means', () => {
    expect(html`<b title="${'"\'<&'}">${'<i>'}${html`<u>${1}</u>`}${['a', html`<br>`]}${undefined}</b>`.text).toBe(
      '<b title="&quot;&#39;&lt;&amp;">&lt;i&gt;<u>1</u>a<br></b>',
    );
  });

  test('what cannot be seen is written out', () => {
    expect(shownText('a\u202egnp.exe\x1b[31m\0\ud800 ü\u{1f600}\t')).toBe(
      'a\\u202egnp.exe\\x1b[31m\\x00\\ud800 ü\u{1f600}\t',
    );
  });

  test.each([
    [0, '0.00 s'],
    [50, '0.05 s'],
    [960, '1.0 s'],
    [59_400, '59 s'],
    [59_600, '1 min 0 s'],
    [3_599_600, '1 h 0 min'],
    [90_000_000, '1 d 1 h'],
  ])('%i ms: %s', (milliseconds, text) => expect(durationText(milliseconds)).toBe(text));
});

describe('hostile text', () => {
  test('stays text: there are two scripts, one style, and nothing else of the kind', async () => {
    await inFolder(async (folder) => {
      const { html: page, data } = await pageOf(folder, hostileRun());
      const tags = [...page.matchAll(/<(\/?[a-z][a-z0-9]*)[\s>]/g)].map((match) => match[1]!);
      expect(tags.filter((tag) => tag === 'script').length).toBe(2);
      expect(tags.filter((tag) => tag === '/script').length).toBe(2);
      expect(tags.filter((tag) => ['img', 'iframe', 'link', 'object', 'base'].includes(tag))).toEqual([]);
      // Attributes, without what stands in their quotes.
      const attributes = [...page.matchAll(/<[a-z][^<>]*>/g)].map(([tag]) => tag.replace(/"[^"]*"/g, ''));
      expect(attributes.filter((tag) => /\s(?:on\w+|style|src)=/.test(tag))).toEqual([]);
      const shown = page.slice(0, page.indexOf('id="data"'));
      expect(/[\u202a-\u202e\x00-\x08\x0b-\x1f]/.test(shown)).toBe(false);
      expect(shown).toContain('\n\\u202etxet\n\\x1b[31mred\nlast &#39; &quot; &amp; line\n</pre>');
      expect(data.tasks[0]!.items).toEqual(
        hostileRun()
          .attempts.slice(0, 3)
          .map(({ item }) => item),
      );
    });
  });

  test('no name leads out of the folder', async () => {
    await inFolder(async (folder) => {
      const { html: page, data } = await pageOf(folder, hostileRun());
      for (const [, address] of page.matchAll(/href="([^"]*)"/g)) expect(address).toMatch(/^(#|good\/a&#39;b%22c)/);
      expect(data.tasks[0]!.logs).toEqual([2, 0, 0]);
    });
  });
});

describe('the page', () => {
  test('is whole in itself: its policy lets in nothing but its own script and style', async () => {
    await inFolder(async (folder) => {
      const { html: page } = await pageOf(folder, imagesRun(20, 4));
      const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)![1]!;
      const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
      const script = /<script>([\s\S]*?)<\/script>/.exec(page)![1]!;
      const style = /<style>([\s\S]*?)<\/style>/.exec(page)![1]!;
      expect(policy).toBe(
        `default-src 'none'; script-src ${hash(script)}; style-src ${hash(style)}; base-uri 'none'; form-action 'none'`,
      );
      expect(page).not.toMatch(/https?:\/\/(?!www\.w3\.org\/)/);
    });
  });

  test('10,000 items: under 2 MB, the same bytes each time, failures first', async () => {
    await inFolder(async (folder) => {
      const run = imagesRun(10_000);
      const { html: page, data } = await pageOf(folder, run);
      expect(Buffer.byteLength(page)).toBeLessThan(2_000_000);
      expect((await pageOf(folder, run)).html).toBe(page);
      expect(data.tasks[1]!.items.length).toBe(10_000);
      const failed = run.state.tasks[1]!.failed;
      expect(failed).toBeGreaterThan(20);
      expect(page).toContain(`<h2 id="failures">${failed} failures</h2>`);
      expect(page.indexOf('id="failures"')).toBeLessThan(page.indexOf('id="pipeline"'));
      expect(page).toContain('podloom run images --local --run images-2026-11 --rerun decode/shard-000005.tar');
      expect(page).toContain('<code>pipelines/images.ts:31:7</code>');
      expect(page).toContain('ValueError: shard is damaged: bad magic number 0x1f8b0800');
    });
  });

  test('300 tasks: each has its box, and each edge that is not the usual says so', async () => {
    await inFolder(async (folder) => {
      const run = graphRun(300);
      const { html: page } = await pageOf(folder, run);
      expect(page.match(/<a class="task /g)?.length).toBe(300);
      const labelled = new Set(
        run.state.plan!.flatMap(({ name, after }) =>
          after.filter(({ on }) => on === 'failed').map(({ task }) => `${task} ${name}`),
        ),
      );
      expect(page.match(/>if failed<\/text>/g)?.length).toBeGreaterThan(labelled.size / 2);
    });
  });

  test('written elsewhere, its links lead to the folder of the run', async () => {
    await inFolder(async (folder) => {
      const { html: page, data } = await pageOf(join(folder, 'my runs/a'), imagesRun(6, 2), '../../out.html');
      expect(data.base).toBe('my%20runs/a/');
      expect(page).toContain('href="my%20runs/a/decode/shard-000005.tar.err"');
    });
  });

  test.each([
    ['running', 'This run has not ended:'],
    ['interrupted', 'This run was interrupted.'],
  ] as const)('a run that is %s says so and how to go on', async (status, words) => {
    await inFolder(async (folder) => {
      const { html: page } = await pageOf(folder, { ...imagesRun(6, 2), state: aState({ status, ended: undefined }) });
      expect(page).toContain(words);
      expect(page).toMatch(/Go on with <code>podloom run example --local<\/code>/);
    });
  });

  test('a run without anything in it', async () => {
    await inFolder(async (folder) => {
      const { html: page, codes } = await pageOf(folder, {
        state: aState(),
        attempts: [],
        files: { 'attempts.jsonl': 'x' },
      });
      expect(page).toContain('<h1>');
      expect(page).toContain('1 line of attempts.jsonl cannot be read.');
      expect(codes).toEqual(['PL443']);
    });
  });

  test('the script and the style end no element', () => {
    for (const name of ['client.js', 'client.css']) {
      expect(readFileSync(join(import.meta.dirname, '../../build/report', name), 'utf8')).not.toMatch(/<\/|<!--/);
    }
  });
});
