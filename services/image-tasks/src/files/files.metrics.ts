import { counter } from '#libs/observability';

export const removedFiles = counter({
  name: 'task_files_removed_total',
  help: 'Files removed because no task needed them any more',
  labelNames: [],
});
