import { BaseRpcContext } from '@nestjs/microservices';
import type { ConsumeMessage } from 'amqplib';

/** Second argument of an RPC handler, by Nest's `@Ctx()`. There is no channel in it: the transport settles. */
export class RpcRequestContext extends BaseRpcContext<[ConsumeMessage, string, number | undefined]> {
  getMessage(): ConsumeMessage {
    return this.args[0];
  }

  getPattern(): string {
    return this.args[1];
  }

  /** When the caller stops waiting (epoch ms), if it said so. */
  getDeadline(): number | undefined {
    return this.args[2];
  }
}
