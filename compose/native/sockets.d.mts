export declare function listeningInode(table: string, port: number): string | undefined;
export declare function listenerPid(port: number, candidates?: readonly number[]): number | undefined;
export declare function commandOf(pid: number): string;
