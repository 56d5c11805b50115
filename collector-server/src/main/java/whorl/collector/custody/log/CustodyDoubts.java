package whorl.collector.custody.log;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import whorl.evidence.Digest;

/** The reasons why the custody log cannot be relied on. Bounded. Thread-safe. */
final class CustodyDoubts {
  private static final int MAX = 100;

  private final List<String> all = new ArrayList<>();

  /** The digest of all these texts. */
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
