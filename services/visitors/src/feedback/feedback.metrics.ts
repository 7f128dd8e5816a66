import { counter, gauge } from '#libs/observability';

/** Outcomes: stored, repeated, mailed, mail-retried, mail-failed. */
export const feedbacks = counter({
  name: 'feedback_total',
  help: 'Feedback by what became of it',
  labelNames: ['outcome'],
});

export const waitingMails = gauge({
  name: 'feedback_waiting_mails',
  help: 'Feedback that is stored and not mailed yet',
  labelNames: [],
});
