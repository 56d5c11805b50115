package whorl.collector.store.objects;

import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Digest;

/**
 * Content that is in use. From the moment when content enters the store until a record refers to
 * it, only a pin protects it. Thread-safe.
 */
final class Pins {
  private final Map<Digest, Integer> counts = new HashMap<>();

  /** Everything pinned since a discard began; null if none is running. */
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

  /** The pinned part of {@code content}. */
  synchronized Set<Digest> pinnedOf(Collection<Digest> content) {
    Set<Digest> pinned = new HashSet<>();
    for (Digest each : content) {
      if (counts.containsKey(each)) {
        pinned.add(each);
      }
    }
    return pinned;
  }

  /**
   * Starts a discard: content that is pinned from now on, even for a moment, stays until {@link
   * #stopTracking}.
   */
  synchronized void startTracking() {
    touched = new HashSet<>();
  }

  synchronized void stopTracking() {
    touched = null;
  }

  /** Removes content while no thread can pin it. */
  interface Removal {
    void run() throws IOException;
  }

  /** Runs the removal unless the content is or was pinned; returns true if it ran. */
  synchronized boolean removeUnlessPinned(Digest content, Removal removal) throws IOException {
    if (counts.containsKey(content) || (touched != null && touched.contains(content))) {
      return false;
    }
    removal.run();
    return true;
  }
}
