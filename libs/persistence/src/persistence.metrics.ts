import { counter } from '#libs/observability';

export const transactionRetries = counter({
  name: 'db_transaction_retries_total',
  help: 'Transactions run again after a deadlock, a lock wait timeout or a lost connection',
  labelNames: ['reason'],
});
