import { NewServiceError, type ServiceName } from './service-name.js';

type Edit = (text: string, name: ServiceName) => string;

/** The project's entry for `nest build <name>` and `nest start <name>`. */
function addToNestCli(text: string, { kebab }: ServiceName): string {
  const config = JSON.parse(text) as { projects: Record<string, unknown> };
  if (kebab in config.projects) throw new NewServiceError(`nest-cli.json already has a project ${kebab}`);
  config.projects[kebab] = {
    type: 'application',
    root: `services/${kebab}`,
    entryFile: 'main',
    sourceRoot: `services/${kebab}/src`,
    compilerOptions: { tsConfigPath: `services/${kebab}/tsconfig.app.json` },
  };
  return JSON.stringify(config, null, 2);
}

function addToContracts(text: string, { kebab, pascal }: ServiceName): string {
  return `${text.trimEnd()}\nexport { make${pascal}Greeting } from './${kebab}.contract.js';\n`;
}

/** The launcher's table; the new service is started after those it may depend on. */
function addToLauncher(text: string, { kebab }: ServiceName): string {
  const table = /(export const SERVICES\b[^=]*= \[\n)([\s\S]*?)(\n\];)/;
  if (!table.test(text)) throw new Error('compose/native/src/services.ts has no table SERVICES that could be extended');
  return text.replace(table, `$1$2\n  { name: '${kebab}', needs: ['mysql', 'amqp'] },$3`);
}

/** The files that list all services, and how one more gets into each. */
export const EDITS: Record<string, Edit> = {
  'nest-cli.json': addToNestCli,
  'libs/contracts/src/index.ts': addToContracts,
  'compose/native/src/services.ts': addToLauncher,
};
