export declare function isUnitOnly(args: readonly string[]): boolean;
export declare function main(repo: string, argv: readonly string[]): Promise<number>;
