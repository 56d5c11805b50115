// The formats of timelines: word, name, purpose. TimelineFormatTest writes this file from
// TimelineFormat and keeps the order of its lines.

export const FORMATS = [
  ['timesketch', 'Timesketch', 'JSON Lines with message, datetime, timestamp_desc'],
  ['ecs', 'ECS', 'NDJSON for Elastic and OpenSearch'],
  ['csv', 'CSV', 'for spreadsheets'],
  ['parquet', 'Parquet', 'for DuckDB and Spark'],
  ['bodyfile', 'Bodyfile', 'for mactime'],
  ['ndjson', 'NDJSON', 'rows as this page has them'],
  ['l2tcsv', 'log2timeline CSV', '17 columns for Timeline Explorer'],
];
