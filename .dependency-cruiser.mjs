/**
 * What may import what. `test/architecture/` plants one violation per rule and checks that the rule reports it.
 *
 * @type {import('dependency-cruiser').IConfiguration}
 */

/** Which other libs the shipped code of a lib may import. A lib that is missing here may import none. */
const LIB_MAY_IMPORT = {
  kernel: [],
  contracts: [],
  config: ['kernel'],
  observability: ['kernel', 'config'],
  faults: ['kernel', 'config', 'observability'],
  messaging: ['kernel', 'contracts', 'config', 'observability', 'faults'],
  persistence: ['kernel', 'config', 'observability'],
  blobs: ['kernel', 'config', 'observability', 'faults'],
  egress: ['kernel', 'config', 'observability'],
  jobs: ['kernel', 'contracts', 'config', 'observability', 'messaging', 'persistence'],
  'service-kit': ['kernel', 'contracts', 'config', 'observability', 'faults', 'messaging', 'persistence'],
  testing: [
    'kernel',
    'contracts',
    'config',
    'observability',
    'faults',
    'messaging',
    'persistence',
    'blobs',
    'egress',
    'jobs',
    'service-kit',
  ],
};

/** Packages that one lib wraps, so that its guarantees cannot be walked around. */
const WRAPPED = [
  { packages: ['amqplib'], by: 'messaging' },
  { packages: ['winston', 'winston-transport', 'prom-client'], by: 'observability' },
  { packages: ['mysql2'], by: 'persistence' },
  { packages: ['undici'], by: 'egress' },
];

/** Packages that only compute: no I/O, no clock, no framework. Rules of a domain may use them. */
const PURE_PACKAGES = ['zod', 'htmlparser2', 'i18n-iso-countries'];

const SPEC = '\\.(spec|int-spec|e2e-spec)\\.ts$';
const SHIPPED = '^(services|libs)/[^/]+/src/';
const npm = (...names) => `(^|/)node_modules/(${names.join('|')})(/|$)`;

const matrix = Object.entries(LIB_MAY_IMPORT).map(([lib, allowed]) => ({
  name: `lib-matrix-${lib}`,
  comment: `libs/${lib} may import ${allowed.length > 0 ? allowed.join(', ') : 'no other lib'}`,
  severity: 'error',
  from: { path: `^libs/${lib}/src/`, pathNot: SPEC },
  to: { path: '^libs/', pathNot: `^libs/(${[lib, ...allowed].join('|')})/` },
}));

const wrapped = WRAPPED.map(({ packages, by }) => ({
  name: `wrapped-by-${by}`,
  comment: `${packages.join(', ')}: only libs/${by} talks to it; everybody else uses #libs/${by}`,
  severity: 'error',
  from: { path: SHIPPED, pathNot: [`^libs/(${by}|testing)/`, SPEC] },
  to: { path: npm(...packages) },
}));

export default {
  forbidden: [
    ...matrix,
    ...wrapped,
    {
      name: 'lib-in-matrix',
      comment: 'a new lib needs a row in LIB_MAY_IMPORT before it imports another one',
      severity: 'error',
      from: { path: '^libs/([^/]+)/src/', pathNot: `^libs/(${Object.keys(LIB_MAY_IMPORT).join('|')})/` },
      to: { path: '^libs/', pathNot: '^libs/$1/' },
    },
    {
      name: 'service-to-service',
      comment: 'services talk over RabbitMQ, through the contracts; they never import each other',
      severity: 'error',
      from: { path: '^services/([^/]+)/' },
      to: { path: '^services/', pathNot: '^services/$1/' },
    },
    {
      name: 'lib-to-service',
      comment: 'a lib does not know who uses it, and the launcher starts services as processes',
      severity: 'error',
      from: { path: '^(libs|compose)/' },
      to: { path: '^services/' },
    },
    {
      name: 'contracts-leaf',
      comment: 'contracts are plain zod: anyone may load them, also a browser page',
      severity: 'error',
      from: { path: '^libs/contracts/src/', pathNot: SPEC },
      to: { pathNot: ['^libs/contracts/', npm('zod')] },
    },
    {
      name: 'kernel-leaf',
      comment: 'the kernel needs nothing but Node',
      severity: 'error',
      from: { path: '^libs/kernel/src/', pathNot: SPEC },
      to: { pathNot: '^libs/kernel/', dependencyTypesNot: ['core'] },
    },
    {
      name: 'lib-front-door',
      comment: 'a lib is entered through its index only: import it as #libs/<name>',
      severity: 'error',
      from: { path: '^(services|observability|compose|test)/' },
      to: { path: '^libs/[^/]+/(?!src/index\\.ts$)' },
    },
    {
      name: 'lib-front-door-between-libs',
      comment: 'a lib is entered through its index only, by other libs too; its own tests may look inside',
      severity: 'error',
      from: { path: '^libs/([^/]+)/' },
      to: { path: '^libs/[^/]+/(?!src/index\\.ts$)', pathNot: '^libs/$1/' },
    },
    {
      name: 'domain-is-pure',
      comment:
        'rules of the domain and their errors are plain: no Nest, no I/O, no database; a type carries no behaviour',
      severity: 'error',
      from: { path: '^(services|libs)/.+\\.(domain|errors|data)\\.ts$' },
      to: {
        pathNot: ['\\.(domain|errors|data)\\.ts$', '^libs/(kernel|contracts)/src/index\\.ts$', npm(...PURE_PACKAGES)],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'typeorm-only-in-persistence',
      comment: 'SQL lives in entities, repositories and migrations; use cases do not see the ORM',
      severity: 'error',
      from: {
        path: SHIPPED,
        pathNot: [
          SPEC,
          '\\.(entity|repository|module|migration)\\.ts$',
          '/src/(data-source\\.ts$|migrations/)',
          '^libs/(persistence|testing)/',
        ],
      },
      to: { path: npm('typeorm', '@nestjs/typeorm') },
    },
    {
      name: 'entry-point-to-storage',
      comment: 'a controller or consumer translates and calls one use case; it does not reach for the tables',
      severity: 'error',
      from: { path: '^services/.+\\.(controller|consumer)\\.ts$' },
      to: { path: '\\.(repository|entity)\\.ts$' },
    },
    {
      name: 'shipped-to-testing',
      comment: '#libs/testing starts databases and brokers; it belongs to tests',
      severity: 'error',
      from: { path: SHIPPED, pathNot: [SPEC, '^libs/testing/'] },
      to: { path: '^libs/testing/' },
    },
    {
      name: 'shipped-to-test-code',
      comment: 'shipped code does not import specs, factories or anything else under test/',
      severity: 'error',
      from: { path: SHIPPED, pathNot: SPEC },
      to: { path: ['^test/', '^(services|libs)/[^/]+/test/', SPEC] },
    },
    {
      name: 'launcher-only-for-tests',
      comment: 'compose/native starts real servers; only the tests may import it',
      severity: 'error',
      from: { path: '^(services|libs)/', pathNot: ['^libs/testing/', '^(services|libs)/[^/]+/test/'] },
      to: { path: '^compose/' },
    },
    {
      name: 'shipped-to-dev-dependency',
      comment: 'production images install no devDependencies',
      severity: 'error',
      from: { path: SHIPPED, pathNot: [SPEC, '^libs/testing/'] },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'unlisted-package',
      comment: 'a package that works only because another one brings it along',
      severity: 'error',
      from: { pathNot: '^test/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'unresolvable',
      comment: 'the import leads nowhere',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-circular',
      comment: 'a cycle makes the order of module loading matter',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      comment: 'nothing imports this file and it imports nothing: dead code',
      severity: 'error',
      from: {
        orphan: true,
        pathNot: ['\\.d\\.m?ts$', '\\.config\\.(ts|mjs)$', '^test/global-setup\\.ts$', '^services/[^/]+/public/'],
      },
      to: {},
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)fixtures/planted/' },
    tsConfig: { fileName: 'tsconfig.json' },
    // Imports of types are architecture too.
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      // `source` first: #libs/<name> is the source tree, not dist/.
      conditionNames: ['source', 'import', 'node', 'default', 'types'],
      exportsFields: ['exports'],
      extensions: ['.ts', '.mts', '.js', '.mjs', '.cjs', '.json'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
