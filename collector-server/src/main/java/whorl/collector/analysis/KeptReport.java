package whorl.collector.analysis;

import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.Indicator;

/**
 * {@code findings.json}: what was found, as it was worked out once.
 *
 * @param version {@link Analyses#VERSION} of then
 * @param indexVersion of the rows it rests on
 * @param report without scope
 * @param telling what to ask others for
 * @param pod where the JVM ran; null where that is unknown
 */
record KeptReport(
    int version, int indexVersion, Report report, List<Indicator> telling, @Nullable String pod) {
  KeptReport {
    telling = List.copyOf(telling);
  }
}
