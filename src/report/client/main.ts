import { addCopyButtons } from './copy.ts';
import { readData } from './data.ts';
import { ItemsSection } from './items.ts';
import { Timeline } from './timeline.ts';
import { zoomGraph } from './zoom-graph.ts';

const data = readData();
const items = new ItemsSection(data);
new Timeline(data, (task, item) => items.only(task, item));
zoomGraph();
addCopyButtons();
document.documentElement.dataset['ready'] = '';
