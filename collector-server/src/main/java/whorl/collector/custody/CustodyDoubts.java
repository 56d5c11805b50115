package whorl.collector.custody;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import whorl.evidence.Digest;

/** Why the custody log can't be relied on, bounded. Thread-safe. */
final class CustodyDoubts {
  private static final int MAX = 100;

  private final List<String> all = new ArrayList<>();

  /** One digest of all these texts. */
  static Digest digest(List<String> problems) {
    return Digest.of(String.join("\n", problems).getBytes(StandardCharsets.UTF_8));
  }

  synchronized void add(String why) {
    if (all.size() < MAX) {
      all.add(why);
    }
  }

  synchronized void clear() {
    all.clear();
  }

  synchronized boolean isEmpty() {
    return all.isEmpty();
  }

  synchronized List<String> all() {
    return List.copyOf(all);
  }
}
