/** Where a panel is on the 48 columns of a dashboard. */
export interface Grid {
  x: number;
  y: number;
  w: number;
  h: number;
}

export type Format = 'number' | 'percent' | 'ms' | 'bytes' | 'seconds';

/** A column of the answer to a panel's query. */
export interface Column {
  name: string;
  label?: string;
  format?: Format;
  /** What it holds where that is not what its place says: numbers among values, words among rows. */
  type?: 'date' | 'string';
}

export interface PanelBase {
  /** Unique in the dashboard. */
  id: string;
  title: string;
  /** For whom looks at it: what it tells, and what to do when it looks odd. */
  description: string;
  grid: Grid;
}

/** One number. */
export interface MetricPanel extends PanelBase {
  kind: 'metric';
  query: string;
  value: Column;
}

export type Shape = 'line' | 'area_stacked' | 'bar_stacked' | 'bar_horizontal' | 'bar_horizontal_stacked';

export interface ChartPanel extends PanelBase {
  kind: 'chart';
  query: string;
  shape: Shape;
  x: Column;
  /** The axis is time. */
  overTime: boolean;
  y: readonly Column[];
  splitBy?: string;
}

export interface TablePanel extends PanelBase {
  kind: 'table';
  query: string;
  rows: readonly Column[];
  values: readonly Column[];
}

/** Lines of a saved search. */
export interface SearchPanel extends PanelBase {
  kind: 'search';
  search: string;
}

export interface TextPanel extends PanelBase {
  kind: 'text';
  markdown: string;
}

/** An object of the type `visualization`, in 8.x only; see the lint rule about legacy types. */
export interface VisualizationPanel extends PanelBase {
  kind: 'visualization';
  visualization: string;
}

export type Panel = (MetricPanel | ChartPanel | TablePanel | SearchPanel | TextPanel | VisualizationPanel) & {
  /** Which of the two outputs has it; both when absent. */
  only?: 'api' | 'ndjson';
};

export interface Dashboard {
  id: string;
  title: string;
  description: string;
  /** Such as `now-1h`. */
  from: string;
  /** Fields one can choose values of, above the panels. */
  controls: ReadonlyArray<{ field: string; title: string; dataView: string }>;
  panels: readonly Panel[];
}

export interface DataView {
  id: string;
  name: string;
  pattern: string;
  timeField: string;
}

export interface SavedSearch {
  id: string;
  title: string;
  description: string;
  dataView: string;
  kql: string;
  columns: readonly string[];
}
