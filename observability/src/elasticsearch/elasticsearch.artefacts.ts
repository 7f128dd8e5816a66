import { type GeneratedFile, jsonFile } from '../generated-file.js';
import type { Catalogue } from '../signals/catalogue.js';
import { logPipeline } from './log-pipeline.js';
import { logLifecycle, logMappings, logSettings, logTemplate } from './log-templates.js';
import { postsTemplate } from './posts-template.js';
import { LOGS, POSTS } from './streams.data.js';

/** Bodies of the requests of the set-up, by the folder of their kind; the file's name is the object's. */
export function elasticsearchArtefacts({ logFields }: Catalogue): readonly GeneratedFile[] {
  const file = (kind: string, name: string, body: object) =>
    jsonFile(`observability/elasticsearch/${kind}/${name}.json`, body);
  return [
    file('lifecycles', LOGS.name, logLifecycle()),
    file('pipelines', LOGS.name, logPipeline()),
    file('component-templates', `${LOGS.name}@mappings`, logMappings(logFields)),
    file('component-templates', `${LOGS.name}@settings`, logSettings()),
    file('index-templates', LOGS.name, logTemplate()),
    file('index-templates', POSTS.name, postsTemplate()),
  ];
}
