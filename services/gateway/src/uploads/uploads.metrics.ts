import { counter } from '#libs/observability';

export const resumableUploads = counter({
  name: 'gateway_resumable_uploads_total',
  help: 'Resumable uploads by what became of them: created, finished, claimed by a task, terminated, expired, abandoned',
  labelNames: ['step'],
});

export const uploadPieces = counter({
  name: 'gateway_upload_pieces_total',
  help: 'Pieces of resumable uploads by how they ended: stored, or the code of what broke them off',
  labelNames: ['outcome'],
});
