/**
 * `/podloom/run/map` for a rerun of some items: for each pod, from 0, the numbers of its units; at most as many
 * as `itemsPerPod`. They are numbers in the task: PODLOOM_OFFSET is not added.
 */
export function rerunMap(pods: readonly (readonly number[])[]): string {
  const cases = pods.map((units, pod) => `${pod}) podloom_units='${units.join(' ')}';;`);
  return `${['case $podloom_pod in', ...cases, 'esac'].join('\n')}\n`;
}
