import { definitions, type Example } from '../definition.ts';

const state = {
  ...{ version: 1, pipeline: 'words', run: 'words', engine: 'local', parameters: {} },
  ...{ status: 'succeeded', started: 0, ended: 2000, tasks: [] },
};
const attempt =
  '{"task":"count","item":"main","index":0,"attempt":1,"started":0,"ended":1000,"log":"count/main.log"}\n';

/** The report of a run that is there. */
function reportOf(files: { readonly [name: string]: string }, ...args: readonly string[]): Example {
  const inRun = Object.entries(files).map(([name, text]) => [`runs/words/${name}`, text] as const);
  return { files: Object.fromEntries(inRun), args: ['report', ...args] };
}

const runJson = `${JSON.stringify(state)}\n`;

export const reportDefinitions = definitions({
  PL440: {
    severity: 'error',
    title: 'No run in this folder',
    message: ({ folder }: { folder: string }) => `there is no run in ${folder}: it has no run.json`,
    help: () =>
      'name a run in runs/, or the folder of a run by a path with a slash in it; --logdir says where runs are',
    explanation: 'A report is made from the folder of a run alone, and `run.json` in it says what the run was.',
    example: reportOf({ 'run.json': runJson }, 'worms'),
  },
  PL441: {
    severity: 'error',
    title: 'State of a run cannot be read',
    message: ({ file, problem }: { file: string; problem: string }) => `${file} is not what podloom writes: ${problem}`,
    help: () => 'run the pipeline again: what has a log is skipped, and run.json is written anew',
    explanation: 'Without `run.json` nobody can say what the run was. Logs are in the folder all the same.',
    example: reportOf({ 'run.json': '{"version":1,' }, 'words'),
  },
  PL442: {
    severity: 'warning',
    title: 'Attempts of a run cannot be read',
    message: ({ file, code }: { file: string; code: string }) =>
      code === 'ENOENT' ? `${file} is not there` : `${file} cannot be read (${code})`,
    help: () => 'keep it together with run.json: the report has no times, retries and causes without it',
    explanation: '`attempts.jsonl` has a line for each attempt of each item: when it ran, and why it failed.',
    example: reportOf({ 'run.json': runJson }, 'words'),
  },
  PL443: {
    severity: 'warning',
    title: 'Damaged lines among the attempts',
    message: ({ file, count, line }: { file: string; count: number; line: number }) =>
      `${file}: ${count === 1 ? `line ${line} is` : `${count} lines, the first of them ${line}, are`} damaged and left out`,
    help: () => 'nothing, if a runner was killed or a disk was full: the logs say what is done',
    explanation: `A line of \`attempts.jsonl\` is one JSON object. One that is cut or is something else tells nothing, and the
report says that it is missing.`,
    example: reportOf({ 'run.json': runJson, 'attempts.jsonl': `${attempt}{"task":"count","it` }, 'words'),
  },
  PL444: {
    severity: 'error',
    title: 'Report cannot be written',
    message: ({ file, code }: { file: string; code: string }) => `cannot write ${file}: ${code}`,
    help: () => 'name a file in a folder that is there and that you may write to: --out report.html',
    explanation: 'The report is written beside the logs, or where `--out` says.',
    example: reportOf({ 'run.json': runJson, 'attempts.jsonl': attempt }, 'words', '--out', 'nowhere/report.html'),
  },
  PL445: {
    severity: 'error',
    title: 'No runs yet',
    message: ({ folder }: { folder: string }) => `there are no runs in ${folder}`,
    help: () => 'run a pipeline first: podloom run <pipeline> --local; --logdir says where runs are',
    explanation: '`podloom report` without a name takes the run that was started last.',
    example: { files: {}, args: ['report'] },
  },
});
