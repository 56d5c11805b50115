package whorl.collector.lake;

import org.apache.iceberg.metrics.MetricsReport;
import org.apache.iceberg.metrics.MetricsReporter;

/** Drops Iceberg's report of each commit and scan, which would be a log line each by default. */
public final class QuietReporter implements MetricsReporter {
  /** Called by Iceberg, which knows this class by its name. */
  public QuietReporter() {}

  @Override
  public void report(MetricsReport report) {
    // the collector has its own metrics
  }
}
