import type { EdgeCondition } from '../../ir/task.ts';
import { type DagTask, type LayeredGraph, layerGraph } from './layers.ts';
import { neighboursOf, orderLayers } from './order.ts';
import { placeVertices } from './place.ts';

/** Size of a task, in pixels. */
export const BOX = { width: 196, height: 46 };
const SPACE = 14;
/** Space that an edge takes where it passes between tasks. */
const BEND = 6;
const MARGIN = 14;
/** With more layers than this and fewer tasks side by side, the picture goes down, as pages do. */
const WIDEST = 12;

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface DrawnEdge {
  /** `d` of a path. */
  readonly path: string;
  readonly on: EdgeCondition;
  /** Where words on it begin (or end, if the picture goes to the right); undefined where it goes on behind a bend. */
  readonly label: Point | undefined;
}

export interface Drawing {
  readonly width: number;
  readonly height: number;
  /** Whether it goes down, and not to the right. */
  readonly down: boolean;
  /** Upper left corners, by number of the task. */
  readonly boxes: readonly Point[];
  readonly edges: readonly DrawnEdge[];
}

/** Where everything of a picture of tasks is. The same tasks give the same picture. */
export function drawTasks(tasks: readonly DagTask[]): Drawing {
  const graph = layerGraph(tasks);
  const neighbours = neighboursOf(graph);
  const layers = orderLayers(graph, neighbours);
  const down = layers.length > WIDEST && layers.length > Math.max(...layers.map(({ length }) => length));
  const [along, across] = down ? [BOX.height, BOX.width] : [BOX.width, BOX.height];
  const sizeOf = (vertex: number): number => (graph.vertices[vertex]!.task === undefined ? BEND : across);
  const places = placeVertices(graph, layers, neighbours, sizeOf, SPACE);
  const step = along + (down ? 40 : 76);
  const least = Math.min(...graph.vertices.map((_vertex, number) => places[number]! - sizeOf(number) / 2));
  const most = Math.max(...graph.vertices.map((_vertex, number) => places[number]! + sizeOf(number) / 2));
  const turn = (a: number, c: number): Point => (down ? { x: round(c), y: round(a) } : { x: round(a), y: round(c) });
  const start = (vertex: number): number => graph.vertices[vertex]!.layer * step + MARGIN;
  const middle = (vertex: number): number => places[vertex]! - least + MARGIN;
  const extent = turn((layers.length - 1) * step + along + 2 * MARGIN, most - least + 2 * MARGIN);
  return {
    width: Math.ceil(extent.x),
    height: Math.ceil(extent.y),
    down,
    boxes: tasks.map((_task, number) => turn(start(number), middle(number) - across / 2)),
    edges: edgesOf(graph, along, start, middle, turn, down),
  };
}

function edgesOf(
  graph: LayeredGraph,
  along: number,
  start: (vertex: number) => number,
  middle: (vertex: number) => number,
  turn: (along: number, across: number) => Point,
  down: boolean,
): DrawnEdge[] {
  const text = ({ x, y }: Point): string => `${x},${y}`;
  return graph.segments.map(({ from, to, on }) => {
    const bend = graph.vertices[to]!.task === undefined;
    const a = start(from) + along;
    const b = start(to);
    const half = (a + b) / 2;
    const ends = [turn(a, middle(from)), turn(half, middle(from)), turn(half, middle(to)), turn(b, middle(to))];
    const [one, two, three, four] = ends.map(text);
    const through = bend ? `${down ? 'V' : 'H'}${round(b + along)}` : '';
    const end = turn(b, middle(to));
    const label = bend ? undefined : down ? { x: end.x + 6, y: end.y - 10 } : { x: end.x - 10, y: end.y - 6 };
    return { path: `M${one}C${two} ${three} ${four}${through}`, on, label };
  });
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
