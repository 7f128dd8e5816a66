export { isPublicAddress } from './addresses.js';
export { AllowList } from './allow-list.js';
export { guardedFetch, processEgress } from './default-egress.js';
export { egressConfigSchema, type EgressConfig } from './egress.config.js';
export {
  AddressRefusedError,
  AnswerTooLargeError,
  BadAnswerError,
  EgressError,
  EgressTimeoutError,
  RedirectRefusedError,
  UnreachableError,
  UrlRefusedError,
} from './egress.errors.js';
export {
  Egress,
  type EgressOptions,
  type GuardedAnswer,
  type GuardedRequest,
  type GuardedSocketOptions,
} from './egress.js';
export { type Resolve } from './guarded-lookup.js';
