export declare function listSources(repo: string): Record<string, string>;
export declare function staleOutputs(before: Record<string, string>, now: Record<string, string>): string[];
export declare function buildIfNeeded(repo: string): Promise<void>;
