package whorl.collector.notify.message;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a message is about. */
public enum Kind {
  /** An alert of an agent, of the collector or of another program. */
  ALERT,
  /** An agent that left without a goodbye. */
  AGENT_LOST,
  /** Evidence is in the store: sealed, partial or failed. */
  EVIDENCE,
  /** The findings about evidence are there. */
  REPORT,
  /** A capture ended without complete evidence. */
  CAPTURE_FAILED,
  /** An event of an agent's live journal. */
  JOURNAL,
  /** Sent by a person to see whether messages arrive. */
  TEST;

  /** The word in files, messages and the API. */
  @JsonValue
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * @throws IllegalArgumentException if there is none of this word
   */
  @JsonCreator
  public static Kind of(String word) {
    Kind kind = find(word);
    if (kind == null) {
      throw new IllegalArgumentException("not a kind of notification: " + word);
    }
    return kind;
  }

  /** Returns the kind that a file may name by this word; null if there is none. */
  public static @Nullable Kind find(String word) {
    for (Kind kind : values()) {
      if (kind.word().equals(word)) {
        return kind;
      }
    }
    return null;
  }

  /** The words that files may have. */
  public static String words() {
    return Arrays.stream(values())
        .filter(kind -> kind != TEST)
        .map(Kind::word)
        .collect(Collectors.joining(", "));
  }
}
