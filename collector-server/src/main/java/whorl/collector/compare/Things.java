package whorl.collector.compare;

import java.util.LinkedHashMap;
import java.util.Map;
import whorl.evidence.Text;

/**
 * What one artifact lists: names, each with what is said of it. Bounded; for the confined JVM that
 * reads the artifact.
 */
final class Things {
  static final int COUNT_MAX = 100_000;
  private static final int TEXT_MAX = 400;

  private final Map<String, String> details = new LinkedHashMap<>();
  private boolean cut;

  /** Adds one; of equal names the first counts. */
  void add(String name, String detail) {
    if (details.size() >= COUNT_MAX) {
      cut = true;
      return;
    }
    details.putIfAbsent(shortened(name), shortened(detail));
  }

  private static String shortened(String text) {
    return Text.atMost(text, TEXT_MAX);
  }

  Map<String, String> details() {
    return details;
  }

  /** True if there were more. */
  boolean isCut() {
    return cut;
  }
}
