package whorl.collector.store.hunts;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Id;

/**
 * An agent that a hunt asks, and what became of that.
 *
 * @param reason why there is no answer, or none yet; null if there is nothing to say
 * @param rows that are kept of its answer
 * @param answer null if it has none
 */
public record AskedAgent(
    Id agent,
    Brief brief,
    State state,
    @Nullable String reason,
    @Nullable Instant askedAt,
    @Nullable Instant answeredAt,
    long rows,
    @Nullable Facts answer) {
  /** How people recognise the agent. */
  public record Brief(
      String service, @Nullable String namespace, @Nullable String pod, @Nullable String host) {}

  /** What an answer says besides its rows; see {@code AgentMessage.HuntAnswer}. */
  public record Facts(
      long matched,
      long examined,
      @Nullable String cut,
      @Nullable Instant from,
      @Nullable Instant to,
      long tookMillis,
      List<String> notes) {
    public Facts {
      notes = notes == null ? List.of() : List.copyOf(notes);
    }
  }

  /** What became of the question. */
  public enum State {
    /** It was not sent yet. */
    WAITING,
    /** The agent has it. */
    ASKED,
    ANSWERED,
    /** The agent says why it does not look. */
    REFUSED,
    /** The agent says that it could not look. */
    FAILED,
    /** The agent is too old for such a question. */
    UNABLE,
    /** No answer came in time. */
    SILENT;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    /**
     * @throws IllegalArgumentException if {@code word} is no state
     */
    public static State of(String word) {
      for (State state : values()) {
        if (state.word().equals(word)) {
          return state;
        }
      }
      throw new IllegalArgumentException(
          "not one of waiting, asked, answered, refused, failed, unable, silent");
    }
  }
}
