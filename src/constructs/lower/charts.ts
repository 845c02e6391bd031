import { ApiObject, type App, Chart } from 'cdk8s';
import type { Manifest } from '../../ir/bundle.ts';
import type { JsonObject } from '../../ir/scalar.ts';
import { slugLabel } from '../../units/dns-name.ts';
import { isPipeline } from '../pipeline.ts';

/** A chart of the user's own beside the pipelines. */
export interface PlainChart {
  /** DNS label. Names the file in the output. */
  readonly name: string;
  readonly manifests: readonly Manifest[];
}

/** The charts of these apps that are not pipelines and hold objects, in construction order. */
export function lowerCharts(apps: readonly App[]): readonly PlainChart[] {
  return apps
    .flatMap((app) => app.node.findAll())
    .filter((construct): construct is Chart => Chart.isChart(construct) && !isPipeline(construct))
    .map((chart) => ({ name: slugLabel(chart.node.path.replaceAll('/', '-')), manifests: manifestsOf(chart) }))
    .filter((chart) => chart.manifests.length > 0);
}

function manifestsOf(chart: Chart): readonly Manifest[] {
  return chart.node
    .findAll()
    .filter((construct) => ApiObject.isApiObject(construct))
    .filter((object) => Chart.of(object) === chart)
    .map((object) => ({
      object: object.toJson() as JsonObject,
      origin: { location: undefined, callers: [], path: object.node.path },
    }));
}
