import type { KubernetesClient } from '../../../src/cluster/client.ts';
import type { KubernetesObject } from '../../../src/cluster/objects.ts';
import { RUN_LABEL, TASK_LABEL } from '../../../src/ir/labels.ts';
import { MAIN_CONTAINER } from '../../../src/targets/pod/container.ts';
import { UNIT_MARKER } from '../../../src/units/unit-marker.ts';
import type { CheckedTask, Expected } from './items-pipelines.ts';

/** What one process got: each text as it was, byte for byte. */
export interface Printed extends Expected {
  readonly task: string;
  readonly pod: string;
  /** Index of the pod in its Job or loop; 0 when it is the only one. */
  readonly index: number;
  /** Number of the item (or batch) by the markers in the log, when the pod worked through several. */
  readonly unit: number | undefined;
}

const INDEX_LABEL = 'batch.kubernetes.io/job-completion-index';
/** Logs that are read at once. */
const READERS = 8;

/** What the `printer` of the test images wrote to the logs of all pods of a run, read through the API. */
export async function printedBy(client: KubernetesClient, namespace: string, run: string): Promise<readonly Printed[]> {
  const labelSelector = `${RUN_LABEL}=${run},${TASK_LABEL}`;
  const { items: pods } = await client.list({ apiVersion: 'v1', kind: 'Pod', namespace, labelSelector });
  const printed: Printed[] = [];
  const queue = pods.values();
  const reader = async () => {
    for (const pod of queue) printed.push(...parsed(pod, await logOf(client, namespace, pod.metadata.name)));
  };
  await Promise.all(Array.from({ length: READERS }, reader));
  return printed;
}

async function logOf(client: KubernetesClient, namespace: string, pod: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of client.log(namespace, pod, { container: MAIN_CONTAINER })) chunks.push(chunk);
  return Buffer.concat(chunks).toString('latin1');
}

/**
 * What Argo's executor writes to standard error when the program ends. The runtime cuts long lines every 16 KiB, and what
 * comes from the other stream meanwhile stands in the middle of them.
 */
const EXECUTOR_LINE = /time="[^"\n]*" level=\w+ msg="[^\n]*\n/g;

function parsed({ metadata: { name: pod, labels = {} } }: KubernetesObject, log: string): Printed[] {
  const printed: Printed[] = [];
  let unit: number | undefined;
  for (const line of log.replace(EXECUTOR_LINE, '').split('\n')) {
    const marker = UNIT_MARKER.pattern.exec(line);
    if (marker !== null) unit = marker[2] === undefined ? Number(marker[1]) : undefined;
    if (!line.startsWith('{"argv":')) continue;
    const { argv, env } = record(line);
    const index = Number(labels[INDEX_LABEL] ?? env['PODLOOM_INDEX'] ?? 0);
    printed.push({ task: labels[TASK_LABEL] ?? '', pod, index, unit, argv, env });
  }
  return printed;
}

/** Throws when something is not UTF-8: then it is not what podloom was given. */
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function record(line: string): Expected {
  const { argv, env } = JSON.parse(line) as { argv: string[]; env: { [name: string]: string | null } };
  const text = (base64: string | null) => decoder.decode(Buffer.from(base64 ?? '', 'base64'));
  return {
    argv: argv.map(text),
    env: Object.fromEntries(Object.entries(env).map(([key, value]) => [key, text(value)])),
  };
}

/** Which item a process was for. Default: the markers say it, else the index of the pod. */
export type UnitOf = (printed: Printed) => number | undefined;
const unitByIndex: UnitOf = ({ unit, index }) => unit ?? index;

/**
 * Compares what was printed with what tasks must get, for these units (default: all). One line for each difference: nothing may
 * be missing, nothing may be there twice, every byte of every argument and of the environment has to be right.
 */
export function differences(
  printed: readonly Printed[],
  { name, expected }: CheckedTask,
  units: readonly number[] = [...expected.keys()],
  unitOf: UnitOf = unitByIndex,
): string[] {
  const found: string[] = [];
  const rest = new Set(units);
  for (const each of printed.filter(({ task }) => task === name)) {
    const unit = unitOf(each) ?? -1;
    const wanted = expected[unit];
    if (wanted === undefined || !rest.delete(unit)) found.push(`${name} ${unit}: once too often (${each.pod})`);
    else found.push(...compare(`${name} ${unit}`, each, wanted));
  }
  return [...found, ...[...rest].map((unit) => `${name} ${unit}: missing`)];
}

function compare(what: string, found: Expected, wanted: Expected): string[] {
  const lines: string[] = [];
  const differ = (where: string, a: string | undefined, b: string | undefined) => {
    if (a !== b) lines.push(`${what}: ${where} is ${shown(a)}, not ${shown(b)}`);
  };
  differ('number of arguments', String(found.argv.length), String(wanted.argv.length));
  for (const [number, text] of wanted.argv.entries()) differ(`argument ${number}`, found.argv[number], text);
  for (const [name, text] of Object.entries(wanted.env)) differ(name, found.env[name], text);
  for (const name of Object.keys(found.env)) {
    if (/^(ITEM|MY_|podloom)/.test(name) && !(name in wanted.env)) lines.push(`${what}: has ${name}`);
  }
  return lines;
}

function shown(text: string | undefined): string {
  return text === undefined ? 'missing' : JSON.stringify(text.length > 120 ? `${text.slice(0, 120)}…` : text);
}
