package whorl.collector.detect;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The newest detections by text. Timelines repeat the same few texts, and several analyses ask for
 * each. A text replaces another one whose hash shares its slot. Bounded and thread-safe.
 */
final class RecentDetections {
  private static final int SLOTS = 1 << 11;

  /** Longer texts are rare; they are evaluated each time. */
  private static final int TEXT_CHARS = 512;

  private final AtomicReferenceArray<@Nullable Entry> slots = new AtomicReferenceArray<>(SLOTS);

  private record Entry(String text, Detection detection) {}

  /**
   * Returns the detection for this text.
   *
   * @param detecting evaluates the rules; it must give the same result for the same text
   */
  Detection get(String text, Supplier<Detection> detecting) {
    if (text.length() > TEXT_CHARS) {
      return detecting.get();
    }
    int hash = text.hashCode();
    int slot = (hash ^ hash >>> 16) & (SLOTS - 1);
    Entry known = slots.get(slot);
    if (known != null && known.text().equals(text)) {
      return known.detection();
    }
    Detection detection = detecting.get();
    slots.set(slot, new Entry(text, detection));
    return detection;
  }
}
