export async function attach(..._: readonly unknown[]): Promise<number> {
  return 0;
}
