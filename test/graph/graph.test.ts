import { describe, expect, it } from 'vitest';
import { drawGraph } from '../../src/graph/graph.ts';
import { anEdge, aPipeline, aRange, aTable, aTask } from '../rig/ir.ts';

const pipeline = aPipeline({
  name: 'imagenet',
  tasks: [
    aTask({ name: 'decode', forEach: aRange(5000) }),
    aTask({
      name: 'pack',
      after: [anEdge('decode', 'itemwise'), anEdge('decode', 'itemwise')],
      forEach: aTable(['a', 'b', 'c'], { batch: 2 }),
    }),
    aTask({ name: 'train', after: [anEdge('decode')], replicas: 4, gpu: { count: 8, product: 'H100' } }),
    aTask({
      name: 'evaluate',
      after: [anEdge('train'), anEdge('pack', 'completed')],
      gpu: { count: 1 },
      when: {
        kind: 'and',
        operands: [
          {
            kind: 'not',
            operand: {
              kind: 'in',
              value: { kind: 'reference', type: 'string', reference: { kind: 'parameter', parameter: 'mode' } },
              options: ['"</b>', 'x\\'],
            },
          },
          {
            kind: 'compare',
            operator: '>=',
            left: {
              kind: 'reference',
              type: 'number',
              reference: { kind: 'output', task: 'train', output: 'accuracy' },
            },
            right: { kind: 'literal', value: 0.9 },
          },
        ],
      },
    }),
    aTask({
      name: 'each',
      after: [anEdge('train', 'anySucceeded')],
      forEach: {
        items: { kind: 'output', task: 'train', output: 'parts', shape: { kind: 'scalar' } },
        batch: 1,
        itemsPerPod: 1,
      },
    }),
    aTask({ name: 'clean-up', phase: 'exit', replicas: 1 }),
  ],
});

describe('drawGraph', () => {
  it('draws Mermaid', async () => {
    expect(await drawGraph(pipeline, 'mermaid')).toBe(`flowchart TD
  t0["decode<br/>5,000 items"]
  t1["pack<br/>3 items in 2 batches"]
  t2["train<br/>4 replicas × H100:8"]
  t3["evaluate<br/>1 GPU<br/>when (not (mode in #91;#34;#92;#34;#60;/b#62;#34;,#34;x#92;#92;#34;#93;)) and train.accuracy #62;= 0.9"]
  t4["each<br/>for each of train.parts"]
  subgraph exit ["at the end"]
    t5["clean-up<br/>1 replica"]
  end
  t0 -->|"item by item"| t1
  t0 --> t2
  t2 --> t3
  t1 -->|"completed"| t3
  t2 -->|"any succeeded"| t4
`);
  });

  it('draws DOT', async () => {
    expect(await drawGraph(pipeline, 'dot')).toBe(`digraph "imagenet" {
  node [shape=box, style="rounded,filled", fillcolor="#eef3fb", color="#5b7db1", fontname="Helvetica", fontsize=12, margin="0.3,0.1"];
  edge [color="#5b7db1", fontname="Helvetica", fontsize=10];
  "decode" [label="decode\\n5,000 items"];
  "pack" [label="pack\\n3 items in 2 batches"];
  "train" [label="train\\n4 replicas × H100:8"];
  "evaluate" [label="evaluate\\n1 GPU\\nwhen (not (mode in [\\"\\\\\\"</b>\\",\\"x\\\\\\\\\\"])) and train.accuracy >= 0.9"];
  "each" [label="each\\nfor each of train.parts"];
  subgraph "cluster exit" {
    label="at the end"; style="rounded,dashed"; color="#999999"; fontname="Helvetica"; fontsize=10;
    "clean-up" [label="clean-up\\n1 replica"];
  }
  "decode" -> "pack" [label="item by item"];
  "decode" -> "train";
  "train" -> "evaluate";
  "pack" -> "evaluate" [label="completed"];
  "train" -> "each" [label="any succeeded"];
}
`);
  });

  it('draws SVG, the same each time', async () => {
    const svg = await drawGraph(pipeline, 'svg');
    expect(svg).toMatch(/<svg [\s\S]*<\/svg>\n$/);
    expect(svg).not.toContain('<!--');
    for (const text of ['decode', '5,000 items', '4 replicas × H100:8', 'at the end', 'item by item'])
      expect(svg).toContain(`>${text.replaceAll(' ', '&#160;').replaceAll('-', '&#45;')}<`.replaceAll('&#160;', ' '));
    expect(await drawGraph(pipeline, 'svg')).toBe(svg);
  });

  it('gives JSON for other tools', async () => {
    expect(JSON.parse(await drawGraph(pipeline, 'json'))).toEqual({
      pipeline: 'imagenet',
      steps: [
        { name: 'decode', phase: 'main', facts: ['5,000 items'] },
        { name: 'pack', phase: 'main', facts: ['3 items in 2 batches'] },
        { name: 'train', phase: 'main', facts: ['4 replicas × H100:8'] },
        {
          name: 'evaluate',
          phase: 'main',
          facts: ['1 GPU', String.raw`when (not (mode in ["\"</b>","x\\"])) and train.accuracy >= 0.9`],
        },
        { name: 'each', phase: 'main', facts: ['for each of train.parts'] },
        { name: 'clean-up', phase: 'exit', facts: ['1 replica'] },
      ],
      edges: [
        { from: 'decode', to: 'pack', on: 'itemwise' },
        { from: 'decode', to: 'train', on: 'succeeded' },
        { from: 'train', to: 'evaluate', on: 'succeeded' },
        { from: 'pack', to: 'evaluate', on: 'completed' },
        { from: 'train', to: 'each', on: 'anySucceeded' },
      ],
    });
  });

  it('draws a pipeline without tasks', async () => {
    expect(await drawGraph(aPipeline(), 'mermaid')).toBe('flowchart TD\n');
    expect(await drawGraph(aPipeline(), 'svg')).toContain('</svg>');
  });
});
