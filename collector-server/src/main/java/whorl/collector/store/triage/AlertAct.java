package whorl.collector.store.triage;

import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Id;

/**
 * What somebody did with a group or one alert of it.
 *
 * @param alert null if it was about the whole group
 * @param by the name of who did it; for an alert from outside that is over, its source
 * @param text the new state or assignee, or the comment
 */
public record AlertAct(Id id, @Nullable Id alert, Instant at, String by, Kind act, String text) {
  /** What was done. */
  public enum Kind {
    STATE,
    ASSIGNEE,
    COMMENT;

    /** The lower-case word of the API and the rows. */
    @JsonValue
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    static Kind of(String word) {
      return valueOf(word.toUpperCase(Locale.ROOT));
    }
  }
}
