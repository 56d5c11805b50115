package whorl.collector.analysis;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.analysis.findings.Report;
import whorl.collector.store.records.Indicator;

/**
 * The contents of {@code findings.json}: a report as it was computed once.
 *
 * @param version the {@link Analyses#VERSION} that computed the report
 * @param indexVersion the version of the index that the rows came from
 * @param report the report, without the scope
 * @param indicators the indicators to look up in other evidence
 * @param pod where the JVM ran; null if unknown
 */
record KeptReport(
    int version,
    int indexVersion,
    Report report,
    @JsonProperty("telling") List<Indicator> indicators,
    @Nullable String pod) {
  KeptReport {
    indicators = List.copyOf(indicators);
  }
}
