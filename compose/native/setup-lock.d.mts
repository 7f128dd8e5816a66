export declare function withSetupLock<T>(file: string, step: () => Promise<T>): Promise<T>;
