import { z } from 'zod';

/**
 * The part of Kibana's Dashboards API (9.5) that we use, as our own schema. Stricter than Kibana: what we never send is refused,
 * so that a slip of the pen is found here and not there.
 */
const gridSchema = z.strictObject({
  x: z.int().min(0).max(47),
  y: z.int().min(0),
  w: z.int().min(1).max(48),
  h: z.int().min(1),
});

const formatSchema = z.strictObject({
  type: z.enum(['number', 'percent', 'bytes']),
  decimals: z.int(),
  suffix: z.string().optional(),
});

const columnSchema = z.strictObject({
  column: z.string().min(1),
  label: z.string().min(1).optional(),
  format: formatSchema.optional(),
});
export type ApiColumn = z.infer<typeof columnSchema>;

const esqlSchema = z.strictObject({ type: z.literal('esql'), query: z.string().min(1) });
const explained = { title: z.string().min(1), description: z.string().min(10) };

const metricSchema = z.strictObject({
  type: z.literal('metric'),
  ...explained,
  data_source: esqlSchema,
  metrics: z.array(columnSchema.extend({ type: z.literal('primary') })).length(1),
});

const xySchema = z.strictObject({
  type: z.literal('xy'),
  ...explained,
  axis: z
    .strictObject({
      x: z.strictObject({
        scale: z.literal('temporal'),
        domain: z.strictObject({ type: z.literal('fit'), rounding: z.boolean() }),
      }),
    })
    .optional(),
  legend: z.strictObject({ position: z.literal('bottom'), visibility: z.literal('visible') }),
  layers: z
    .array(
      z.strictObject({
        type: z.enum(['line', 'area_stacked', 'bar_stacked', 'bar_horizontal', 'bar_horizontal_stacked']),
        data_source: esqlSchema,
        x: columnSchema,
        y: z.array(columnSchema).min(1),
        breakdown_by: z.strictObject({ column: z.string() }).optional(),
      }),
    )
    .length(1),
});

const tableSchema = z.strictObject({
  type: z.literal('data_table'),
  ...explained,
  data_source: esqlSchema,
  rows: z.array(columnSchema).min(1),
  metrics: z.array(columnSchema).min(1),
});

const panelBase = { id: z.string().regex(/^[a-z][a-z0-9-]*$/), grid: gridSchema };

const panelSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('vis'),
    ...panelBase,
    config: z.discriminatedUnion('type', [metricSchema, xySchema, tableSchema]),
  }),
  z.strictObject({
    type: z.literal('discover_session'),
    ...panelBase,
    config: z.strictObject({ ...explained, ref_id: z.string() }),
  }),
  z.strictObject({
    type: z.literal('markdown'),
    ...panelBase,
    config: z.strictObject({ title: z.string(), content: z.string().min(1) }),
  }),
]);
export type ApiPanel = z.infer<typeof panelSchema>;

export const apiDashboardSchema = z.strictObject({
  ...explained,
  time_range: z.strictObject({ from: z.string().regex(/^now-\d+[mhd]$/), to: z.literal('now') }),
  pinned_panels: z.array(
    z.strictObject({
      type: z.literal('options_list_control'),
      width: z.enum(['small', 'medium', 'large']),
      grow: z.boolean(),
      config: z.strictObject({ title: z.string(), data_view_id: z.string(), field_name: z.string() }),
    }),
  ),
  panels: z.array(panelSchema).min(1),
});
export type ApiDashboard = z.infer<typeof apiDashboardSchema>;
