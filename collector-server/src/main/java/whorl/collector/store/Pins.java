package whorl.collector.store;

import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Digest;

/**
 * Content that somebody is at work with. Between the moment at which content is put into the store
 * and that at which a record refers to it nothing but a pin says that it is wanted. Thread-safe.
 */
final class Pins {
  private final Map<Digest, Integer> counts = new HashMap<>();

  /** All that was pinned since a discard began; null while there is none. */
  private @Nullable Set<Digest> touched;

  synchronized void add(Collection<Digest> content) {
    for (Digest each : content) {
      counts.merge(each, 1, Integer::sum);
    }
    if (touched != null) {
      touched.addAll(content);
    }
  }

  synchronized void remove(Collection<Digest> content) {
    for (Digest each : content) {
      counts.computeIfPresent(each, (key, count) -> count == 1 ? null : count - 1);
    }
  }

  /** Those of it that are pinned. */
  synchronized Set<Digest> among(Collection<Digest> content) {
    Set<Digest> pinned = new HashSet<>();
    for (Digest each : content) {
      if (counts.containsKey(each)) {
        pinned.add(each);
      }
    }
    return pinned;
  }

  /** From now on what is pinned, if only for a moment, stays until {@link #ended}. */
  synchronized void began() {
    touched = new HashSet<>();
  }

  synchronized void ended() {
    touched = null;
  }

  /** What is done to content while nobody can pin it. */
  interface Removal {
    void run() throws IOException;
  }

  /** Runs it unless the content is or was pinned; says whether it did. */
  synchronized boolean unlessPinned(Digest content, Removal removal) throws IOException {
    if (counts.containsKey(content) || (touched != null && touched.contains(content))) {
      return false;
    }
    removal.run();
    return true;
  }
}
