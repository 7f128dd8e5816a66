import { describe, expect, it } from 'vitest';
import { staleOutputs } from '../build.mjs';
import { isUnitOnly } from '../commands.mjs';
import { programCheck, rateAmount } from '../doctor.mjs';
import { isSupported } from '../node-version.mjs';
import { firstDifference } from '../packages.mjs';
import { parseSimulation, relocateAlertmanager, relocateErl } from '../prefix.mjs';

describe('isSupported', () => {
  const ranges = '^20.19 || ^22.13 || >=24.11';

  it.each(['20.19.0', '20.20.2', '22.13.1', '24.11.0', '24.12.0', '25.0.0', '26.1.0'])(
    'should accept %s',
    (version) => {
      expect(isSupported(version, ranges)).toBe(true);
    },
  );

  it.each(['12.22.0', '18.20.4', '20.18.9', '21.7.0', '22.12.0', '23.11.0', '24.10.9'])(
    'should refuse %s',
    (version) => {
      expect(isSupported(version, ranges)).toBe(false);
    },
  );
});

describe('parseSimulation', () => {
  it('should name what would be installed and nothing else', () => {
    const output = [
      'NOTE: This is only a simulation!',
      'The following NEW packages will be installed:',
      '  libaio1 mariadb-server-core',
      'Inst libaio1 (0.3.113-4 Debian:12.5/stable [amd64])',
      'Inst mariadb-server-core (1:10.11.14-0+deb12u2 Debian:12.12/stable [amd64]) []',
      'Conf libaio1 (0.3.113-4 Debian:12.5/stable [amd64])',
    ].join('\n');
    expect(parseSimulation(output)).toEqual(['libaio1', 'mariadb-server-core']);
  });
});

describe('relocateErl', () => {
  const script =
    'if [ -z "$ERL_ROOTDIR" ]\nthen\n    ROOTDIR=/usr/lib/erlang\nelse\n    ROOTDIR="$ERL_ROOTDIR"\nfi\nexport ROOTDIR\n';

  it('should replace every root folder, also after the prefix moved', () => {
    const first = relocateErl(script, '/a b/erlang');
    expect(first.match(/ROOTDIR="\/a b\/erlang"/g)).toHaveLength(2);
    expect(first).toContain('export ROOTDIR\n');
    expect(relocateErl(first, '/c')).toBe(relocateErl(script, '/c'));
  });
});

describe('relocateAlertmanager', () => {
  it('should replace every path without moving what follows, once', () => {
    const sut = Buffer.from('a\0/usr/share/prometheus/alertmanagerb/usr/share/prometheus/alertmanager/ui/c');
    const length = sut.length;
    expect(relocateAlertmanager(sut)).toBe(true);
    expect(sut.toString()).toBe('a\0usr/share//prometheus/alertmanagerbusr/share//prometheus/alertmanager/ui/c');
    expect(sut.length).toBe(length);
    expect(relocateAlertmanager(sut)).toBe(false);
  });
});

describe('firstDifference', () => {
  const lock = {
    packages: {
      '': { version: '1.0.0' },
      'node_modules/a': { version: '1.0.0' },
      'node_modules/b-darwin': { version: '1.0.0', optional: true },
    },
  };

  it('should find nothing when all is as locked', () => {
    expect(firstDifference(lock, { packages: { 'node_modules/a': { version: '1.0.0' } } })).toBeUndefined();
  });

  it.each<Parameters<typeof firstDifference>[1]>([
    {},
    { packages: {} },
    { packages: { 'node_modules/a': { version: '1.0.1' } } },
  ])('should name the package that differs in %j', (installed) => {
    expect(firstDifference(lock, installed)).toBe('node_modules/a');
  });
});

describe('staleOutputs', () => {
  it('should name the outputs of deleted sources only', () => {
    const before = { 'libs/a/src/old.ts': '1', 'libs/a/src/kept.ts': '1', 'package-lock.json': '1' };
    expect(staleOutputs(before, { 'libs/a/src/kept.ts': '2' })).toEqual([
      'dist/libs/a/src/old.js',
      'dist/libs/a/src/old.js.map',
    ]);
  });
});

describe('rateAmount', () => {
  it.each([
    [1_500, 'ok'],
    [1_499, 'warn'],
    [1_425, 'warn'],
    [1_424, 'fail'],
  ])('should rate %i of 1500 as %s', (measured, expected) => {
    expect(rateAmount(measured, 1_500)).toBe(expected);
  });
});

describe('isUnitOnly', () => {
  it.each([
    [['--project', 'unit', 'libs/x'], true],
    [['--project=unit'], true],
    [['--project', 'unit', '--project', 'e2e'], false],
    [['libs/x'], false],
    [[], false],
  ])('should judge %j as %s', (args, expected) => {
    expect(isUnitOnly(args)).toBe(expected);
  });
});

describe('programCheck', () => {
  it.each([
    ['rabbitmq', '/my clone/prefix/root/rabbitmq-server', '/my clone/prefix'],
    ['rabbitmq', undefined, '/my clone/prefix'],
  ] as const)('should name the way around a blank that breaks %s', (group, server, prefix) => {
    const sut = programCheck(group, server, prefix);
    expect(sut).toMatchObject({ state: 'fail', fix: expect.stringContaining('MIRANTE_PREFIX') as string });
  });

  it.each([
    ['rabbitmq', '/usr/lib/rabbitmq/sbin/rabbitmq-server', '/my clone/prefix'],
    ['mariadb', '/my clone/prefix/root/usr/sbin/mariadbd', '/my clone/prefix'],
  ] as const)('should not mind one that breaks nothing: %s at %s', (group, server, prefix) => {
    expect(programCheck(group, server, prefix)).toMatchObject({ state: 'ok', measured: server });
  });
});
