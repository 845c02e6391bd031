export function buildReport(): Promise<boolean>;
