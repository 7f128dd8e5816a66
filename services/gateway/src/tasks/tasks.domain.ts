import type { TaskKind, TaskStatus } from '#libs/contracts';

/** Addresses that exist for their own kind of task; what is restored is an image as any other. */
export const HOMES = {
  randomize: '/randomize',
  restore: '/randomize',
  'sum-even': '/sum-even',
} as const satisfies Record<TaskKind, string>;
export type Home = (typeof HOMES)[TaskKind];

/** Whether a task with this status goes on by itself no more. */
export function isEnded(status: TaskStatus): boolean {
  return status !== 'requested' && status !== 'received';
}
