import type { Embedded } from '../embedded.ts';
import { addCopyButtons } from './copy.ts';
import { decode } from './data.ts';
import { find } from './elements.ts';
import { ItemsSection } from './items.ts';
import { Timeline } from './timeline.ts';
import { zoomGraph } from './zoom-graph.ts';

const data = decode(JSON.parse(find('#data').textContent!) as Embedded);
const items = new ItemsSection(data);
new Timeline(data, (task, item) => items.only(task, item));
zoomGraph();
addCopyButtons();
document.documentElement.dataset['ready'] = '';
