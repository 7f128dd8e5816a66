interface LockFile {
  packages?: Record<string, { version?: string; optional?: boolean; devOptional?: boolean; link?: boolean }>;
}

export declare function firstDifference(lock: LockFile, installed: LockFile): string | undefined;
export declare function packagesAreMissing(repo: string): boolean;
export declare function installPackages(repo: string): Promise<void>;
