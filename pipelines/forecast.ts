// A DAG of 300 tasks: five steps for each of 59 markets, made by a component, between two sources and three reports.
import { App } from 'cdk8s';
import { Construct } from 'constructs';
import { Pipeline, Task, Volume } from 'podloom';

const MARKETS = (
  'at au be bg br ca ch cl cn co cz de dk ee eg es fi fr gb gr hk hr hu id ie il in is it jp ' +
  'ke kr lt lu lv ma mx my ng nl no nz pe ph pl pt ro rs se sg si sk th tr tw ua us vn za'
).split(' ');

const app = new App();
const warehouse = Volume.claim('forecast-warehouse').mount('/warehouse');

export const forecast = new Pipeline(app, 'forecast', {
  image: 'ghcr.io/acme/forecast:5.3',
  maxRunning: 60,
  retries: 2,
});

/** Extract, features, fit, backtest, publish for one market. */
class Market extends Construct {
  constructor(scope: Construct, market: string, after: readonly Task[]) {
    super(scope, market);
    const step = (id: string, cpu: number, memory: string, previous: readonly Task[]): Task =>
      new Task(this, id, {
        command: ['forecast', id, `--market=${market}`, `--store=${warehouse}/${market}`],
        after: previous,
        cpu,
        memory,
        timeout: '1h',
      });
    const extract = step('extract', 1, '2Gi', after);
    const features = step('features', 2, '8Gi', [extract]);
    const fit = step('fit', 4, '16Gi', [features]);
    const backtest = step('backtest', 4, '16Gi', [fit]);
    step('publish', 1, '1Gi', [backtest]);
  }
}

const small = { cpu: 1, memory: '2Gi', timeout: '30m' } as const;
const calendar = new Task(forecast, 'calendar', { ...small, command: ['forecast', 'calendar', warehouse] });
const weather = new Task(forecast, 'weather', { ...small, command: ['forecast', 'weather', warehouse] });
const markets = MARKETS.map((market) => new Market(forecast, market, [calendar, weather]));

const report = new Task(forecast, 'report', { ...small, after: markets, command: ['forecast', 'report', warehouse] });
const archive = new Task(forecast, 'archive', {
  ...small,
  after: [report],
  command: ['forecast', 'archive', warehouse],
});
new Task(forecast, 'announce', { ...small, after: [archive], command: ['forecast', 'announce'] });
