import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Collector } from '../../src/diagnostics/collector.ts';
import { readAssets } from '../../src/report/assets.ts';
import { collectReport } from '../../src/report/collect.ts';
import type { Embedded } from '../../src/report/embedded.ts';
import type { RunReport } from '../../src/report/model.ts';
import { readState } from '../../src/report/read-state.ts';
import { writeReport } from '../../src/report/write-report.ts';
import { RunFolder } from '../../src/runner/state/run-folder.ts';
import { type MadeRun, writeRun } from './rig.ts';

export interface WrittenPage {
  readonly html: string;
  readonly data: Embedded;
  readonly codes: readonly string[];
}

/** Writes a run and its report. `out`: from the folder of the run. */
export async function pageOf(folder: string, run: MadeRun, out = 'report.html'): Promise<WrittenPage> {
  writeRun(folder, run);
  const diagnostics = new Collector();
  const file = join(folder, out);
  const written = await writeReport({
    folder,
    out: file,
    shown: (path) => path,
    assets: (await readAssets())!,
    diagnostics,
  });
  if (!written)
    throw new Error(
      diagnostics
        .sorted()
        .map(({ message }) => message)
        .join('\n'),
    );
  const html = readFileSync(file, 'utf8');
  const text = /<script type="application\/json" id="data">(.*)<\/script>/.exec(html)![1]!;
  return { html, data: JSON.parse(text) as Embedded, codes: diagnostics.sorted().map(({ code }) => code) };
}

export async function reportOf(folder: string, run: MadeRun): Promise<RunReport> {
  writeRun(folder, run);
  const read = await readState(join(folder, 'run.json'));
  if (read.kind !== 'state') throw new Error(`run.json: ${JSON.stringify(read)}`);
  return (await collectReport(new RunFolder(folder), read.state)).report;
}
