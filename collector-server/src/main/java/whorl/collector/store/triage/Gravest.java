package whorl.collector.store.triage;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Level;

/**
 * The gravest finding of one piece of evidence, as lists and the API show it.
 *
 * @param level null if there is no finding
 * @param title likewise
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record Gravest(Examination examination, @Nullable Level level, @Nullable String title) {
  /** For evidence that is not analysed yet. */
  public static final Gravest WAITING = new Gravest(Examination.WAITING, null, null);

  /** For evidence that only the holder of a key can read. */
  public static final Gravest ENCRYPTED = new Gravest(Examination.ENCRYPTED, null, null);

  /** Whether the evidence was examined. */
  public enum Examination {
    /** It was analysed. */
    DONE,
    /** It is not analysed yet. */
    WAITING,
    /** It is encrypted, so nothing of it can be examined here. */
    ENCRYPTED;

    /** The lower-case word of the API. */
    @JsonValue
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** For evidence that was analysed. */
  public static Gravest of(@Nullable Level level, @Nullable String title) {
    return new Gravest(Examination.DONE, level, title);
  }
}
