import { z } from 'zod';

export const logFieldsSchema = z.strictObject({
  fields: z.array(
    z.strictObject({
      name: z.string(),
      /** Type of the field in Elasticsearch. */
      type: z.string(),
      /** Who adds it: the service's logger, who logs, Filebeat on the way, or the ingest pipeline. */
      set_by: z.enum(['logger', 'caller', 'shipper', 'pipeline']),
      help: z.string().min(6),
    }),
  ),
});

export type LogFieldSignal = z.infer<typeof logFieldsSchema>['fields'][number];
