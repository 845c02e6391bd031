import { find } from './elements.ts';

/** Smaller than this, names cannot be read. */
const SMALLEST_READABLE = 0.62;
const STEP = 1.25;

/** Buttons that make the graph larger and smaller. It begins as large as it fits, if it can be read then. */
export function zoomGraph(): void {
  const box = document.querySelector<HTMLElement>('.dag');
  const svg = box?.querySelector('svg');
  if (!box || !svg) return;
  const [width, height] = [svg.viewBox.baseVal.width, svg.viewBox.baseVal.height];
  let scale = 1;
  const set = (wanted: number): void => {
    scale = Math.min(3, Math.max(0.05, wanted));
    svg.setAttribute('width', String(Math.floor(width * scale)));
    svg.setAttribute('height', String(Math.floor(height * scale)));
  };
  const fitting = (): number => Math.min(1, box.clientWidth / width);
  const actions: { readonly [name: string]: () => number } = {
    in: () => scale * STEP,
    out: () => scale / STEP,
    fit: () => Math.min(fitting(), (box.clientHeight || 400) / height),
    full: () => 1,
  };
  const controls = find<HTMLElement>('.dag-controls');
  controls.hidden = false;
  for (const button of controls.querySelectorAll<HTMLButtonElement>('[data-zoom]')) {
    button.addEventListener('click', () => set(actions[button.dataset['zoom']!]!()));
  }
  set(Math.max(SMALLEST_READABLE, fitting()));
  showFirstFailure(box, svg);
}

/** Only the box scrolls, not the page. */
function showFirstFailure(box: HTMLElement, svg: SVGSVGElement): void {
  const failed = svg.querySelector('.task.failed');
  if (failed === null) return;
  const [own, around] = [failed.getBoundingClientRect(), box.getBoundingClientRect()];
  if (own.right > around.right || own.bottom > around.bottom) {
    box.scrollLeft = own.left - around.left - (around.width - own.width) / 2;
    box.scrollTop = own.top - around.top - (around.height - own.height) / 2;
  }
}
