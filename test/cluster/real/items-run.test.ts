import { rmSync } from 'node:fs';
import { describe, it } from 'vitest';
import { connect, freshNamespace } from '../rig/connect.ts';
import { buildProgram } from '../rig/programs.ts';
import { waitFor } from '../rig/wait.ts';
import { ItemsProject, PodCensus, podYaml } from './items-run-rig.ts';

const { client, kubeconfig } = await connect();

const HOSTILE = ['a b', "it's", '"quoted"', '$(ITEM)', '$$', '{{.Index}}', '*', '; exit 3', '☃', '- x: &y'];

describe('items run', () => {
  it('makes a few pods at a time, keeps a log of each, and runs again only what failed', async ({ expect }) => {
    const namespace = await freshNamespace(client, 'items');
    const items = Array.from({ length: 30 }, (_, index) => HOSTILE[index] ?? `item ${index}`);
    const script = 'printf "%s" "$ITEM"; test "$ITEM" != "item 17"';
    const project = new ItemsProject(kubeconfig, namespace, { 'pod.yaml': podYaml(script), items: items.join('\n') });
    const census = new PodCensus(client, namespace);
    const first = await project.start('-i', 'items').end;
    expect(first.printed).toContain('FAILED item/item-17: exit code 1');
    expect(first.printed).toContain(`namespace ${namespace}`);
    expect(first.code).toBe(1);
    expect(census.mostPending).toBeLessThanOrEqual(3);
    expect(census.made.size).toBe(30);
    const logs = items.map((_, index) => `item-${index}.${index === 17 ? 'err' : 'log'}`);
    expect(project.logs()).toEqual(logs.toSorted());
    for (const [index, item] of items.entries()) {
      if (index !== 17) expect(project.read(`item-${index}.log`)).toBe(item);
    }
    expect(project.read('item-17.err')).toBe('item 17\npodloom: exit code 1\n');
    await waitFor('all pods to be gone', async () => (await podsIn(namespace)) === 0);

    const skipped = await project.start('-i', 'items', '--norerun').end;
    expect([skipped.code, census.made.size]).toEqual([1, 30]);
    const second = await project.start('-i', 'items').end;
    expect([second.code, census.made.size]).toEqual([1, 31]);
    rmSync(`${project.folder}/logs/item-3.log`);
    const third = await project.start('-i', 'items', '--skip-failed').end;
    expect([third.code, census.made.size]).toEqual([1, 32]);
    expect(project.read('item-3.log')).toBe(HOSTILE[3]);
    await census.close();
  });

  it('goes on after SIGKILL with the pods that are there, and makes none twice', async ({ expect }) => {
    const namespace = await freshNamespace(client, 'items-kill');
    const project = new ItemsProject(kubeconfig, namespace, { 'pod.yaml': podYaml('sleep 2; echo "$ITEM"') });
    const census = new PodCensus(client, namespace);
    for (const made of [3, 7]) {
      const killed = project.start('-b', 'x{1..10}');
      await waitFor(`${made} pods`, async () => census.made.size >= made);
      killed.child.kill('SIGKILL');
      expect((await killed.end).code).toBe(null);
    }
    const { code, printed } = await project.start('-b', 'x{1..10}').end;
    expect([code, printed]).toEqual([0, expect.stringContaining('10 of 10 done')]);
    expect(census.made.size).toBe(10);
    for (let index = 0; index < 10; index++) expect(project.read(`item-${index}.log`)).toBe(`x${index + 1}\n`);
    await waitFor('all pods to be gone', async () => (await podsIn(namespace)) === 0);
    await census.close();
  });

  it('leaves the pods at Ctrl-C and with --nowait, and the same command brings their logs', async ({ expect }) => {
    const namespace = await freshNamespace(client, 'items-leave');
    const project = new ItemsProject(kubeconfig, namespace, { 'pod.yaml': podYaml('sleep 3; echo "$ITEM"') });
    const census = new PodCensus(client, namespace);
    const left = project.start('-b', 'x{1..4}');
    await waitFor('2 pods', async () => census.made.size >= 2);
    left.child.kill('SIGINT');
    const { code, printed } = await left.end;
    expect(code).toBe(130);
    expect(printed).toContain(
      `go on with: podloom items run pod.yaml -b 'x{1..4}' --namespace ${namespace} --logdir logs`,
    );
    expect(await podsIn(namespace)).toBeGreaterThan(0);
    const made = await project.start('-b', 'x{1..4}', '--nowait').end;
    expect(made.code).toBe(0);
    expect(census.made.size).toBe(4);
    expect((await project.start('-b', 'x{1..4}').end).code).toBe(0);
    expect(project.logs()).toEqual(['item-0.log', 'item-1.log', 'item-2.log', 'item-3.log']);
    expect(census.made.size).toBe(4);
    await census.close();
  });

  it('makes a pod again that the cluster took away, and fails one that never starts', async ({ expect }) => {
    const namespace = await freshNamespace(client, 'items-bad');
    const project = new ItemsProject(kubeconfig, namespace, { 'pod.yaml': podYaml('sleep 5; echo "$ITEM"') });
    const census = new PodCensus(client, namespace);
    const running = project.start('-b', 'x{1..2}');
    const ref = { apiVersion: 'v1', kind: 'Pod', namespace, name: 'item-0' };
    await waitFor('the pod to run', async () => (await client.get(ref))?.['status'] !== undefined && census.live === 2);
    await client.delete(ref);
    expect((await running.end).code).toBe(0);
    expect(project.read('item-0.log')).toBe('x1\n');
    expect(census.made.size).toBe(3);

    const bad = podYaml('true').replace(/image: .*/, 'image: podloom.test/none:1');
    const other = new ItemsProject(kubeconfig, namespace, { 'pod.yaml': bad });
    const { code } = await other.start('-b', 'y', '--pending-timeout', '6s').end;
    expect(code).toBe(1);
    expect(other.read('item-0.err')).toMatch(
      /podloom: never started: (?:ErrImage|ImagePull).*not started after 6 s\n$/,
    );
    expect(other.read('item-0.err')).toMatch(/^Warning Failed: /m);
    await waitFor('all pods to be gone', async () => (await podsIn(namespace)) === 0);
    await census.close();
  });

  it('leaves a pod alone that it did not make, and says so', async ({ expect }) => {
    const namespace = await freshNamespace(client, 'items-other');
    const one = new ItemsProject(kubeconfig, namespace, { 'pod.yaml': podYaml('sleep 20') });
    const first = one.start('-b', 'x');
    await waitFor('the pod', async () => (await podsIn(namespace)) === 1);
    const two = new ItemsProject(kubeconfig, namespace, { 'pod.yaml': podYaml('sleep 20') });
    const { code } = await two.start('-b', 'x').end;
    expect([code, await podsIn(namespace)]).toEqual([1, 1]);
    expect(two.read('item-0.err')).toContain('another pod has this name, and was left alone');
    first.child.kill('SIGINT');
    await first.end;
  });

  it('does the same through kubectl', async ({ expect }) => {
    const kubectl = await buildProgram('kubectl', (line) => console.error(line));
    const namespace = await freshNamespace(client, 'items-kubectl');
    const script = 'printf "%s" "$ITEM"; test "$ITEM" != d';
    const project = new ItemsProject(kubeconfig, namespace, { 'pod.yaml': podYaml(script) });
    const census = new PodCensus(client, namespace);
    const { code, printed } = await project.start('-b', '{a..h}', '--kubectl', `'${kubectl}' --request-timeout 0`).end;
    expect([code, printed]).toEqual([1, expect.stringContaining('7 of 8 done, 1 failed')]);
    expect([census.made.size, census.mostPending <= 3]).toEqual([8, true]);
    expect(project.read('item-7.log')).toBe('h');
    expect(project.read('item-3.err')).toBe('d\npodloom: exit code 1\n');
    const none = await project.start('-b', '{a..h}', '-n', 'nowhere', '--rerun', 'all', '--kubectl', kubectl).end;
    expect([none.code, none.printed]).toEqual([2, expect.stringContaining('PL451')]);
    await census.close();
  });
});

async function podsIn(namespace: string): Promise<number> {
  return (await client.list({ apiVersion: 'v1', kind: 'Pod', namespace })).items.length;
}
