import { isInside, parseBlock, type AddressBlock } from './addresses.js';

const HOST_NAME = /^[a-z0-9_](?:[a-z0-9_-]*[a-z0-9])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9])?)*$/;

/** Hosts and addresses that may be called although they are not public, on any port. */
export class AllowList {
  private constructor(
    private readonly hosts: ReadonlySet<string>,
    private readonly blocks: readonly AddressBlock[],
  ) {}

  /**
   * Reads a comma list of host names, addresses and blocks: `mock,127.0.0.1,10.20.0.0/16`.
   *
   * @throws {RangeError} naming the entry that is none of these
   */
  static parse(text: string): AllowList {
    const hosts = new Set<string>();
    const blocks: AddressBlock[] = [];
    for (const entry of text.split(',').map((part) => part.trim().toLowerCase())) {
      if (entry === '') continue;
      const block = parseBlock(entry);
      if (block) blocks.push(block);
      else if (HOST_NAME.test(entry) && !/^[\d.]+$/.test(entry)) hosts.add(entry);
      else throw new RangeError(`${JSON.stringify(entry)} is neither a host name nor an address or block of addresses`);
    }
    return new AllowList(hosts, blocks);
  }

  get hasBlocks(): boolean {
    return this.blocks.length > 0;
  }

  /** `host` as in `URL.hostname`, IPv6 brackets and all. */
  allowsHost(host: string): boolean {
    return this.hosts.has(host);
  }

  allowsAddress(address: string): boolean {
    return this.blocks.some((block) => isInside(address, block));
  }
}
