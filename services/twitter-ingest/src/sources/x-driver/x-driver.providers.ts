import type { Provider } from '@nestjs/common';
import type { SourceDriver, StreamDriver } from '../../captures/source-driver.js';
import { UPSTREAM_PROVIDERS } from '../../upstream/index.js';
import { XApi } from '../x/index.js';
import { XCountsReader } from './x-counts.reader.js';
import { XDriverSettings } from './x-driver.settings.js';
import { XEstimate } from './x-estimate.service.js';
import { XSourceDriver } from './x-source.driver.js';
import { XStreamDriver } from './x-stream.driver.js';

/** Injects the driver of X, or null where there is neither a token nor a simulator. */
export const X_SOURCE_DRIVER = Symbol('source driver of X');

/** Injects the stream of X, or null where it is not wanted. */
export const X_STREAM_DRIVER = Symbol('stream driver of X');

/** What captures from X are made of. */
export const X_PROVIDERS: Provider[] = [
  XApi,
  XCountsReader,
  XDriverSettings,
  XEstimate,
  XSourceDriver,
  XStreamDriver,
  ...UPSTREAM_PROVIDERS,
  {
    provide: X_SOURCE_DRIVER,
    useFactory: (api: XApi, driver: XSourceDriver): SourceDriver | null => (api.configured ? driver : null),
    inject: [XApi, XSourceDriver],
  },
  {
    provide: X_STREAM_DRIVER,
    useFactory: (api: XApi, settings: XDriverSettings, driver: XStreamDriver): StreamDriver | null =>
      api.configured && settings.stream ? driver : null,
    inject: [XApi, XDriverSettings, XStreamDriver],
  },
];
