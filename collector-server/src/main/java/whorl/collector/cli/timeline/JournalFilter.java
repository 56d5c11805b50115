package whorl.collector.cli.timeline;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import whorl.evidence.EventLine;

/**
 * Selects the live events to show; the journal has no filter of its own.
 *
 * @param types exact, or with {@code *} at the end
 * @param words that must all occur somewhere in the event
 */
record JournalFilter(
    List<String> types, @Nullable String words, @Nullable String thread, @Nullable String request) {
  private static final String REQUEST = "request.id";

  boolean matches(EventLine event) {
    return matchesType(event.type())
        && (thread == null || thread.equals(event.thread()))
        && (request == null || request.equals(event.fields().get(REQUEST)))
        && hasWords(event);
  }

  private boolean matchesType(String type) {
    return types.isEmpty()
        || types.stream()
            .anyMatch(
                pattern ->
                    pattern.endsWith("*")
                        ? type.startsWith(pattern.substring(0, pattern.length() - 1))
                        : type.equals(pattern));
  }

  private boolean hasWords(EventLine event) {
    if (words == null) {
      return true;
    }
    String all = (event.type() + event.fields() + event.stack()).toLowerCase(Locale.ROOT);
    for (String word : words.toLowerCase(Locale.ROOT).strip().split("\\s+")) {
      if (!all.contains(word)) {
        return false;
      }
    }
    return true;
  }
}
