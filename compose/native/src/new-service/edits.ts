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

/** The files that list all services, and how one more gets into each. */
export const EDITS: Record<string, Edit> = {
  'nest-cli.json': addToNestCli,
  'libs/contracts/src/index.ts': addToContracts,
};
