import { readFile } from 'node:fs/promises';
import type { PageAssets } from './html/page.ts';

/** Both the sources and lib/ lie two folders below the root of podloom. */
const folder = new URL('../../build/report/', import.meta.url);

/** Script and style of the page, as scripts/build-report.mjs makes them; undefined in a checkout that has not built them. */
export async function readAssets(): Promise<PageAssets | undefined> {
  try {
    const [script, style] = await Promise.all(
      ['client.js', 'client.css'].map((name) => readFile(new URL(name, folder), 'utf8')),
    );
    return { script: script!, style: style! };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
