/** The text of the generated module. */
export function buildKernel(): Promise<string>;
