export { startXSimulator, X_BEARER } from './x/x-simulator.js';
export type { XSimulator, XSimulatorOptions } from './x/contract.js';
export { X_FAULTS, type XFault, type XFaultName } from './x/faults.js';
export { X_PRICES, type XBill } from './x/ledger.js';
export { X_WINDOWS, type XEndpoint, type XWindow } from './x/limits.js';
export type { XCut, XStreamBehaviour } from './x/stream.js';
export { X_TIMELINE, type XTimelineOptions } from './x/timeline.js';
export type { XTruth, XTruthAuthor, XTruthPost } from './x/truth.js';
export type { XPost, XPostDraft, XUser } from './x/x-types.js';
export { XWorld } from './x/world.js';
export {
  startMastodonSimulator,
  type MastodonSimulator,
  type MastodonSimulatorOptions,
} from './mastodon/mastodon-simulator.js';
export {
  MASTODON_FAULTS,
  type FediTruth,
  type FediTruthPost,
  type MastodonFault,
  type MastodonFaultName,
} from './mastodon/contract.js';
export {
  startJetstreamSimulator,
  type JetstreamSimulator,
  type JetstreamSimulatorOptions,
} from './jetstream/jetstream-simulator.js';
export type {
  JetstreamCut,
  JetstreamJunk,
  ProfileFault,
  SkyPost,
  SkyTruth,
  SkyTruthPost,
} from './jetstream/contract.js';
export { startS3Simulator, S3_FAULTS, type S3Fault, type S3Simulator } from './s3/s3-simulator.js';
export { S3_KEYS } from './s3/signature.js';
export {
  startElasticsearchSimulator,
  type ElasticsearchSimulator,
  type ElasticsearchSimulatorOptions,
} from './elasticsearch/elasticsearch-simulator.js';
export { ELASTICSEARCH_FAULTS, type ElasticsearchFault } from './elasticsearch/contract.js';
export {
  startKibanaSimulator,
  type KibanaSimulator,
  type KibanaSimulatorOptions,
} from './elasticsearch/kibana-simulator.js';
