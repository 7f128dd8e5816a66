import type { ElasticsearchFault, ElasticsearchFaultName } from './contract.js';

/** Which request goes wrong. */
export class FaultPlan {
  private readonly faults: Required<ElasticsearchFault>[] = [];

  add({ fault, path = '', after = 0, times = 1 }: ElasticsearchFault): void {
    this.faults.push({ fault, path, after, times });
  }

  clear(): void {
    this.faults.length = 0;
  }

  take(path: string): ElasticsearchFaultName | undefined {
    for (const planned of this.faults) {
      if (!path.includes(planned.path)) continue;
      if (planned.after > 0) planned.after--;
      else if (planned.times > 0) {
        planned.times--;
        return planned.fault;
      }
    }
    return undefined;
  }
}
