// Word counts of a folder of texts: one small pod for each text, then one that adds up. `npm start` runs it on this machine;
// in a cluster its image is that of map-reduce/Dockerfile, with the same paths below its working directory.
// The texts are written by scripts/make-corpus.mjs.
import { App } from 'cdk8s';
import { Items, Pipeline, Task, Volume } from 'podloom';

const app = new App();
const work = Volume.claim('map-reduce-work').mount('/work');

export const mapReduce = new Pipeline(app, 'map-reduce', {
  image: 'ghcr.io/acme/map-reduce:1.0',
  parameters: { top: 20 },
});

const count = new Task(mapReduce, 'count', {
  forEach: Items.braces('text-{000..239}.txt'),
  command: ({ item, index }) => [
    'node',
    'pipelines/map-reduce/count.mjs',
    `pipelines/data/corpus/${item}`,
    `${work}/counts/${index}.json`,
  ],
  cpu: '250m',
  memory: '128Mi',
  retries: 1,
});

new Task(mapReduce, 'reduce', {
  after: count,
  command: ['node', 'pipelines/map-reduce/reduce.mjs', `${work}/counts`, `${work}/top.json`, mapReduce.parameters.top],
  cpu: 1,
  memory: '512Mi',
});
