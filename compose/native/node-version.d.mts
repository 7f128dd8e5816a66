export declare function isSupported(version: string, ranges: string): boolean;
