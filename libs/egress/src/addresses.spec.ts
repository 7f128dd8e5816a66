import { describe, expect, it } from 'vitest';
import { isPublicAddress } from './addresses.js';
import { AllowList } from './allow-list.js';

describe('isPublicAddress', () => {
  it.each(['1.1.1.1', '93.184.216.34', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '2a00:1450:4001:830::200e'])(
    'should take %s for public',
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );

  it.each([
    ['private', '10.1.2.3'],
    ['private', '172.16.0.1'],
    ['private', '192.168.1.1'],
    ['loopback', '127.0.0.1'],
    ['loopback', '127.255.255.254'],
    ['link-local, cloud metadata', '169.254.169.254'],
    ['shared', '100.64.0.1'],
    ['metadata in the shared range', '100.100.100.200'],
    ['this network', '0.0.0.0'],
    ['this network', '0.1.2.3'],
    ['multicast', '224.0.0.1'],
    ['broadcast', '255.255.255.255'],
    ['reserved', '240.0.0.1'],
    ['protocol assignments', '192.0.0.192'],
    ['documentation', '192.0.2.1'],
    ['benchmarking', '198.18.0.1'],
    ['the host of a virtual machine', '168.63.129.16'],
    ['loopback', '::1'],
    ['unspecified', '::'],
    ['unique local', 'fd00:ec2::254'],
    ['link-local', 'fe80::1'],
    ['link-local with a zone', 'fe80::1%lo'],
    ['site-local', 'fec0::1'],
    ['multicast', 'ff02::1'],
    ['mapped', '::ffff:127.0.0.1'],
    ['mapped', '::ffff:7f00:1'],
    ['mapped, of a public one', '::ffff:1.1.1.1'],
    ['compatible', '::127.0.0.1'],
    ['NAT64', '64:ff9b::7f00:1'],
    ['local NAT64', '64:ff9b:1::7f00:1'],
    ['6to4', '2002:7f00:1::1'],
    ['Teredo', '2001::1'],
    ['documentation', '2001:db8::1'],
    ['not an address', 'localhost'],
  ])('should not take it for public: %s %s', (_kind, address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});

describe('AllowList', () => {
  const sut = AllowList.parse(' Mock.local , 127.0.0.1,10.20.0.0/16 , fd00::/8,');

  it('should allow what lies in its blocks and nothing beside them', () => {
    const allowed = ['127.0.0.1', '10.20.255.255', 'fd12::1'];
    const others = ['127.0.0.2', '10.21.0.0', 'fe80::1', '::ffff:127.0.0.1'];
    expect(allowed.filter((address) => sut.allowsAddress(address))).toEqual(allowed);
    expect(others.filter((address) => sut.allowsAddress(address))).toEqual([]);
  });

  it('should allow its hosts and not what only ends like them', () => {
    expect(['mock.local', 'evil-mock.local', 'a.mock.local'].filter((host) => sut.allowsHost(host))).toEqual([
      'mock.local',
    ]);
  });

  it.each(['10.0.0.0/33', '300.1.1.1', '10.0.0', 'http://x', 'a b', '::1/129', '10.0.0.0/8/8', '*.local'])(
    'should refuse the entry %s',
    (entry) => {
      expect(() => AllowList.parse(entry)).toThrow(RangeError);
    },
  );
});
