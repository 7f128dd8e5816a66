type Json = Record<string, unknown>;

export interface SavedObject {
  type: string;
  id: string;
  attributes: Json;
  references?: Array<{ type: string; id: string }>;
}

const parsed = (text: unknown) => JSON.parse(String(text ?? '{}')) as Json;

/**
 * What of a saved object is compared: what it is for. A newer Kibana brings objects up to date when it takes them and gives them
 * back in another shape, which is no difference to anybody.
 */
export function comparable({ type, attributes, references = [] }: SavedObject): Json {
  const { title, description } = attributes;
  switch (type) {
    case 'index-pattern':
      return { title, name: attributes['name'], timeFieldName: attributes['timeFieldName'] };
    case 'search': {
      const { query } = parsed((attributes['kibanaSavedObjectMeta'] as Json | undefined)?.['searchSourceJSON']);
      const dataViews = references.filter((to) => to.type === 'index-pattern').map(({ id }) => id);
      return { title, columns: attributes['columns'], query, dataViews };
    }
    case 'visualization': {
      const { type: kind, params } = parsed(attributes['visState']);
      return { title, kind, params };
    }
    default: {
      const panels = JSON.parse(String(attributes['panelsJSON'] ?? '[]')) as Array<{
        panelIndex: string;
        gridData: Json;
      }>;
      const grids = panels.map(({ panelIndex, gridData: { x, y, w, h } }) => [panelIndex, { x, y, w, h }] as const);
      return { title, description, properties: Object.fromEntries(grids) };
    }
  }
}
