import { z } from 'zod';

/** A line of the export format of Kibana's saved objects, of the types we have. */
export const savedObjectSchema = z.strictObject({
  type: z.enum(['index-pattern', 'search', 'visualization', 'dashboard']),
  id: z.string().regex(/^[a-z][a-z0-9-]*$/),
  attributes: z.record(z.string(), z.unknown()),
  references: z.array(z.strictObject({ type: z.string(), id: z.string(), name: z.string() })),
  coreMigrationVersion: z.string(),
  typeMigrationVersion: z.string(),
  managed: z.literal(false),
});
export type SavedObject = z.infer<typeof savedObjectSchema>;
export type Reference = SavedObject['references'][number];

/** Versions of 8.8: any later Kibana takes the objects and brings them up to date. */
const TYPE_VERSIONS: Readonly<Record<SavedObject['type'], string>> = {
  'index-pattern': '8.0.0',
  search: '8.0.0',
  visualization: '8.5.0',
  dashboard: '8.7.0',
};

export function savedObject(
  type: SavedObject['type'],
  id: string,
  attributes: SavedObject['attributes'],
  references: readonly Reference[] = [],
): SavedObject {
  return {
    type,
    id,
    attributes,
    references: [...references],
    coreMigrationVersion: '8.8.0',
    typeMigrationVersion: TYPE_VERSIONS[type],
    managed: false,
  };
}
