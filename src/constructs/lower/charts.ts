import { ApiObject, type App, Chart } from 'cdk8s';
import type { Collector } from '../../diagnostics/collector.ts';
import type { Manifest } from '../../ir/bundle.ts';
import type { JsonObject } from '../../ir/scalar.ts';
import { slugLabel } from '../../units/dns-name.ts';
import { isPipeline } from '../pipeline.ts';
import { callUser } from './user-code.ts';

/** A chart of the user's own beside the pipelines. */
export interface PlainChart {
  /** DNS label. Names the file in the output. */
  readonly name: string;
  readonly manifests: readonly Manifest[];
}

/** The charts of these apps that are not pipelines and hold objects, in construction order. */
export function lowerCharts(apps: readonly App[], diagnostics: Collector): readonly PlainChart[] {
  return apps
    .flatMap((app) => app.node.findAll())
    .filter((construct): construct is Chart => Chart.isChart(construct) && !isPipeline(construct))
    .map((chart) => ({
      name: slugLabel(chart.node.path.replaceAll('/', '-')),
      manifests: manifestsOf(chart, diagnostics),
    }))
    .filter((chart) => chart.manifests.length > 0);
}

function manifestsOf(chart: Chart, diagnostics: Collector): readonly Manifest[] {
  return chart.node
    .findAll()
    .filter((construct) => ApiObject.isApiObject(construct))
    .filter((object) => Chart.of(object) === chart)
    .flatMap((construct) => {
      const { path } = construct.node;
      const origin = { location: undefined, callers: [], path };
      const object = callUser(`object ${path}`, () => construct.toJson() as JsonObject, origin, diagnostics);
      return object === undefined ? [] : [{ object, origin }];
    });
}
