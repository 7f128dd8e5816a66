import { CodedError } from '#libs/kernel';

/** The handler did not come back in time. It may still be running, so its effects must be idempotent. */
export class HandlerTimeoutError extends CodedError {
  constructor(where: string, timeoutMs: number) {
    super('EVENT.HANDLER_TIMEOUT', 'timeout', `${where} took longer than ${timeoutMs} ms`);
  }
}

/** @throws HandlerTimeoutError when `work` takes longer than `timeoutMs` */
export async function withTimeout<T>(where: string, timeoutMs: number, work: () => T | Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new HandlerTimeoutError(where, timeoutMs)), timeoutMs);
  });
  try {
    return await Promise.race([(async () => work())(), late]);
  } finally {
    clearTimeout(timer);
  }
}
