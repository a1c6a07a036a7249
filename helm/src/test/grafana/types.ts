// What a dashboard is, by Grafana's own types, as JSON has it: where they have an enum, JSON has its value.
import type { AnnotationQuery, Dashboard, Panel, RowPanel } from 'grafana/dashboard/x/types.gen';
import type { Options as HeatmapOptions } from 'grafana/composable/heatmap/panelcfg/x/types.gen';
import type { FieldConfig as HeatmapFields } from 'grafana/composable/heatmap/panelcfg/x/types.gen';
import type { Options as StatOptions } from 'grafana/composable/stat/panelcfg/x/types.gen';
import type { FieldConfig as TimeSeriesFields } from 'grafana/composable/timeseries/panelcfg/x/types.gen';
import type { Options as TimeSeriesOptions } from 'grafana/composable/timeseries/panelcfg/x/types.gen';

type Plain<T> = T extends string
  ? `${T}`
  : T extends number | boolean | null | undefined
    ? T
    : T extends Array<infer U>
      ? Array<Plain<U>>
      : T extends object
        ? { [K in keyof T]: Plain<T[K]> }
        : T;

/** A query as the Prometheus data source reads it: its types are not in the package. */
interface Query {
  refId: string;
  datasource: { type: 'prometheus'; uid: string };
  expr: string;
  legendFormat: string;
  editorMode: 'code';
  range: boolean;
  instant: boolean;
  format?: 'time_series' | 'heatmap' | 'table';
}

type Fields<Custom> = Omit<NonNullable<Panel['fieldConfig']>, 'defaults'> & {
  defaults: Omit<NonNullable<Panel['fieldConfig']>['defaults'], 'custom'> & { custom?: Custom };
};

type OfType<Type extends string, Options, Custom> = Plain<Omit<Panel, 'type' | 'options' | 'targets' | 'fieldConfig'>> & {
  type: Type;
  targets: Query[];
  options: Plain<Options>;
  fieldConfig: Plain<Fields<Custom>>;
};

type SluicePanel =
  | OfType<'stat', StatOptions, never>
  | OfType<'timeseries', TimeSeriesOptions, TimeSeriesFields>
  | OfType<'heatmap', HeatmapOptions, HeatmapFields>;

/** The Prometheus data source reads these of an annotation. */
type Annotation = Plain<AnnotationQuery> & { expr: string; titleFormat: string; step: string };

export type SluiceDashboard = Omit<Plain<Dashboard>, 'panels' | 'annotations'> & {
  annotations: { list: Annotation[] };
  panels: Array<SluicePanel | Plain<RowPanel>>;
};
