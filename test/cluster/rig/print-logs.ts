import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, inject } from 'vitest';
import { tailOf } from './tail.ts';

/** Lines of each program's log that a failed test shows. */
const LINES = 12;

/** A test that fails prints what the programs of its cluster logged last while it ran. */
beforeEach(({ task, onTestFailed }) => {
  const { folder } = inject('cluster');
  const logs = join(folder, 'logs');
  const before = new Map(readdirSync(logs).map((file) => [file, statSync(join(logs, file)).size]));
  onTestFailed(() => {
    for (const file of readdirSync(logs).sort()) {
      const text = tailOf(join(logs, file), LINES, before.get(file) ?? 0);
      if (text !== '') console.error(`--- ${file}, last lines while "${task.name}" ran\n${text}`);
    }
  });
});
