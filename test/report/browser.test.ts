import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildReport } from '../../scripts/build-report.mjs';
import { pageOf } from './page.ts';
import type { MadeRun } from './rig.ts';
import { graphRun, hostileRun, imagesRun } from './runs.ts';

// The page in Debian's Chromium, opened as a file and used with keys and mouse.
const executablePath = '/usr/bin/chromium';
const cannot = !existsSync(executablePath) && process.env['CI'] !== 'true';
if (cannot)
  console.warn(`skipped: the report in a browser, because ${executablePath} is not there (apt-get install chromium)`);

const FLAGS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync'],
];
const ITEMS = 10_000;

describe.skipIf(cannot)('the report in a browser', () => {
  const folder = mkdtempSync(join(tmpdir(), 'podloom-browser-'));
  const images = imagesRun(ITEMS);
  const failed = images.state.tasks[1]!.failed;
  let browser: Browser;

  beforeAll(async () => {
    await buildReport();
    for (const [name, run] of Object.entries({ images, graph: graphRun(300), hostile: hostileRun() })) {
      await pageOf(join(folder, name), run);
    }
    browser = await chromium.launch({ executablePath, args: FLAGS });
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Opens a report; fails when the page complains about anything or asks for anything but itself. */
  async function open(name: string, work: (page: Page) => Promise<void>, options: Options = {}): Promise<void> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    const page = await context.newPage();
    const wrong: string[] = [];
    const address = pathToFileURL(join(folder, name, 'report.html')).href;
    page.on('console', (message) => wrong.push(message.text()));
    page.on('pageerror', (error) => wrong.push(error.message));
    page.on('dialog', (dialog) => void dialog.dismiss().then(() => wrong.push('a dialog')));
    page.on('request', (request) => {
      if (!request.url().startsWith(address)) wrong.push(request.url());
    });
    await page.goto(address);
    await page.waitForSelector('html[data-ready]');
    await work(page);
    await context.close();
    expect(wrong).toEqual([]);
  }

  const cells = (page: Page, kind: string) => page.locator(`#items-box tbody td.${kind}`).allInnerTexts();
  const count = (page: Page) => page.locator('#filter-count').textContent();

  test('the table has the failed first, and no more rows in it than are seen', async () => {
    await open('images', async (page) => {
      expect(await count(page)).toBe(`${(ITEMS + 2).toLocaleString('en')} items`);
      expect((await cells(page, 'state')).slice(0, 3)).toEqual(['failed', 'failed', 'failed']);
      expect(await page.locator('#items-box table').getAttribute('aria-rowcount')).toBe(String(ITEMS + 3));
      expect(await page.locator('#items-box tbody tr').count()).toBeLessThan(80);
    });
  });

  test('typing, choosing and pressing headers filter and sort', async () => {
    await open('images', async (page) => {
      await page.locator('#filter-text').pressSequentially('SHARD-000402');
      expect(await count(page)).toBe(`1 of ${(ITEMS + 2).toLocaleString('en')} items`);
      expect(await cells(page, 'item')).toEqual(['shard-000402.tar']);
      expect(await cells(page, 'cause')).toEqual(['exit code 1']);
      await page.locator('button[type=reset]').click();
      await page.locator('#filter-state').selectOption({ label: `failed (${failed})` });
      await expect.poll(() => count(page)).toBe(`${failed} of ${(ITEMS + 2).toLocaleString('en')} items`);
      await page.locator('button[type=reset]').click();
      await page.locator('#items-box th.ran button').click();
      expect(await page.locator('#items-box th.ran').getAttribute('aria-sort')).toBe('descending');
      const slowest = lastAttempts(images).sort((a, b) => b.ended - b.started - (a.ended - a.started));
      expect((await cells(page, 'item')).slice(0, 5)).toEqual(slowest.slice(0, 5).map(({ item }) => item));
      await page.locator('#items-box th.ran button').press('Enter');
      expect((await cells(page, 'item'))[0]).toBe(slowest.at(-1)!.item);
      await page.locator('#filter-text').fill('nothing of the kind');
      expect(await page.locator('#items-box tbody td.none').textContent()).toBe('No item matches.');
    });
  });

  test('keys scroll to the last row', async () => {
    await open('images', async (page) => {
      await page.locator('#items-box th.item button').click();
      await page.locator('#items-box').focus();
      await page.keyboard.press('End');
      const last = `shard-${String(ITEMS - 1).padStart(6, '0')}.tar`;
      await expect.poll(async () => (await cells(page, 'item')).at(-1)).toBe(last);
    });
  });

  test('links lead to the logs of each attempt', async () => {
    await open('images', async (page) => {
      const links = page.locator('#items-box tbody tr').filter({ hasText: 'shard-000005.tar' }).locator('td.log a');
      const addresses = await links.evaluateAll((all) => all.map((link) => (link as unknown as { href: string }).href));
      expect(addresses.map((address) => address.split('/').slice(-2).join('/'))).toEqual([
        'attempts/shard-000005.tar.1.err',
        'attempts/shard-000005.tar.2.err',
        'decode/shard-000005.tar.err',
      ]);
      for (const address of addresses) expect(existsSync(new URL(address))).toBe(true);
      await page.locator('.failure', { hasText: 'shard-000005.tar' }).locator('a', { hasText: '.err' }).focus();
    });
  });

  test('the timeline zooms, tells of what is under the pointer, opens, and leads to the item', async () => {
    await open('images', async (page) => {
      const canvas = page.locator('#timeline-box canvas');
      await canvas.scrollIntoViewIfNeeded();
      const picture = () => canvas.evaluate((element) => (element as unknown as { toDataURL(): string }).toDataURL());
      const before = await picture();
      await page.locator('#timeline-box').focus();
      await page.keyboard.press('+');
      await expect.poll(picture).not.toBe(before);
      await page.keyboard.press('0');
      await expect.poll(picture).toBe(before);
      const box = (await canvas.boundingBox())!;
      const tall = box.height;
      await page.mouse.move(box.x + 700, box.y + 160);
      await page.locator('#timeline-box .tip').waitFor({ state: 'visible' });
      const tip = await page.locator('#timeline-box .tip').textContent();
      const item = /decode\/(shard-\d{6}\.tar)/.exec(tip!)![1]!;
      expect(tip).toMatch(/ran [\d.]+ (?:s|min)/);
      await page.mouse.click(box.x + 700, box.y + 160);
      expect(await cells(page, 'item')).toEqual([item]);
      expect(await page.locator('#filter-text').inputValue()).toBe(item);
      await canvas.scrollIntoViewIfNeeded();
      const again = (await canvas.boundingBox())!;
      await page.mouse.click(again.x + 40, again.y + 118);
      await expect.poll(async () => (await canvas.boundingBox())!.height).toBeGreaterThan(tall + 100);
      expect(
        await page
          .locator('#timeline-box .sizer')
          .evaluate((sizer) => (sizer as unknown as { offsetHeight: number }).offsetHeight),
      ).toBeGreaterThan(ITEMS * 14);
    });
  });

  test('300 tasks can be read, made to fit, and lead to their rows', async () => {
    await open('graph', async (page) => {
      const graph = page.locator('.dag svg');
      const width = async () => (await graph.boundingBox())!.width;
      const first = page.locator('.dag .task').first();
      expect((await first.locator('.box').boundingBox())!.height).toBeGreaterThan(24);
      const [before, room] = [await width(), (await page.locator('.dag').boundingBox())!.width];
      expect(before).toBeGreaterThan(room);
      await page.locator('[data-zoom=fit]').click();
      expect(await width()).toBeLessThanOrEqual(room);
      await page.locator('[data-zoom=full]').click();
      expect(await width()).toBeGreaterThan(before);
      await first.focus();
      await page.keyboard.press('Enter');
      expect(new URL(page.url()).hash).toBe('#task-0');
    });
  });

  test('hostile text does nothing and is shown as it is', async () => {
    await open('hostile', async (page) => {
      expect(await page.evaluate('window.pwned')).toBe(undefined);
      expect(await page.locator('h1 bdi').textContent()).toBe(hostileRun().state.run);
      expect(await page.locator('.failure pre').first().textContent()).toContain(
        '\\u202etxet\n\\x1b[31mred\nlast \' " & line',
      );
      expect(await cells(page, 'item')).toContain(hostileRun().attempts[0]!.item);
      await page.locator('#filter-text').fill('javascript:alert');
      expect(await page.locator('#items-box td.log a').count()).toBe(0);
    });
  });

  test('light, dark and narrow', async () => {
    const background = (page: Page): Promise<string> =>
      page.evaluate('getComputedStyle(document.body).backgroundColor');
    const colors: string[] = [];
    await open('images', async (page) => void colors.push(await background(page)), { colorScheme: 'light' });
    await open('images', async (page) => void colors.push(await background(page)), { colorScheme: 'dark' });
    expect(colors).toEqual(['rgb(245, 246, 248)', 'rgb(16, 21, 27)']);
    const narrow = { viewport: { width: 390, height: 844 } };
    await open(
      'images',
      async (page) => expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390),
      narrow,
    );
  });

  test('headings are in order, and everything that is pressed or read has a name', async () => {
    await open('images', async (page) => {
      const levels = await page.locator('h1, h2, h3').evaluateAll((all) => all.map((each) => each.nodeName));
      expect([levels[0], new Set(levels.slice(1))]).toEqual(['H1', new Set(['H2'])]);
      const outline = await page.locator('body').ariaSnapshot();
      expect(outline).toMatch(/- button "Zoom in"/);
      expect(outline).toMatch(/- searchbox "Search"/);
      expect(outline.match(/- (?:button|link|searchbox|combobox|img|region|table)(?::|\n)/g)).toBeNull();
    });
  });
});

type Options = NonNullable<Parameters<Browser['newContext']>[0]>;

function lastAttempts({ attempts }: MadeRun) {
  return [...new Map(attempts.map((line) => [`${line.task}/${line.item}`, line])).values()];
}
