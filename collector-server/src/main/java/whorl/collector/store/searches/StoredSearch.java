package whorl.collector.store.searches;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import whorl.evidence.Id;

/**
 * A search over rows, as any collector reads it.
 *
 * @param question what is searched, as JSON
 * @param scope a digest of what the person who asked could see
 * @param found what was found so far, as JSON
 */
public record StoredSearch(Id id, String question, String scope, State state, String found) {
  /** The state of a search. */
  public enum State {
    RUNNING,
    ENDED,
    CANCELLED,
    /** The collector that ran it has ended. */
    LOST;

    /** The word of the API and of the records. */
    @JsonValue
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    static State of(String word) {
      return valueOf(word.toUpperCase(Locale.ROOT));
    }
  }
}
