import { Secret } from '#libs/config';
import type { TransactionRunner } from '#libs/persistence';
import { XCountsReader } from '../../src/sources/x-driver/x-counts.reader.js';
import { XDriverSettings } from '../../src/sources/x-driver/x-driver.settings.js';
import { XEstimate } from '../../src/sources/x-driver/x-estimate.service.js';
import { XSourceDriver } from '../../src/sources/x-driver/x-source.driver.js';
import { XStreamDriver } from '../../src/sources/x-driver/x-stream.driver.js';
import { X_LIMITS, XApi, type XSettings } from '../../src/sources/x/index.js';
import {
  BudgetLedger,
  PageSizeRepository,
  RateQuota,
  SourceHalts,
  SpendingRepository,
  UpstreamGate,
} from '../../src/upstream/index.js';

/** The drivers of X of one process, put together as the module does, over an API that stands in for X. */
export function xDrivers(transactions: TransactionRunner, server: { url: string; bearer: string }) {
  const settings: XSettings = {
    baseUrl: server.url,
    token: new Secret(server.bearer),
    simulated: true,
    spelling: 'tweet',
    limits: X_LIMITS,
  };
  const api = new XApi(settings);
  const driverSettings = new XDriverSettings(settings);
  const ledger = new BudgetLedger(transactions, new SpendingRepository());
  const gate = new UpstreamGate(ledger, new RateQuota(transactions), new SourceHalts(transactions));
  const counts = new XCountsReader(api, gate, ledger, driverSettings);
  const estimates = new XEstimate(api, counts, driverSettings);
  const sizes = new PageSizeRepository(transactions);
  return {
    api,
    ledger,
    gate,
    settings: driverSettings,
    source: new XSourceDriver(api, gate, ledger, sizes, counts, estimates, driverSettings),
    stream: new XStreamDriver(api, gate, ledger, driverSettings),
  };
}
