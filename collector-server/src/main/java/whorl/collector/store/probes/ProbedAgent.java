package whorl.collector.store.probes;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Id;

/**
 * An agent that a probe is for, and what became of that.
 *
 * @param reason why it was refused or has ended; null if there is nothing to say
 * @param calls that are kept
 * @param facts null until the agent has sent a report
 */
public record ProbedAgent(
    Id agent,
    Brief brief,
    State state,
    @Nullable String reason,
    long calls,
    @Nullable Facts facts) {
  /** How people recognise the agent. */
  public record Brief(
      String service, @Nullable String namespace, @Nullable String pod, @Nullable String host) {}

  /** What the agent's reports say besides the calls; see {@code AgentMessage.ProbeReport}. */
  public record Facts(
      List<String> methods,
      long recorded,
      long skipped,
      long lost,
      @Nullable Boolean restored,
      List<String> notes) {
    public Facts {
      methods = methods == null ? List.of() : List.copyOf(methods);
      notes = notes == null ? List.of() : List.copyOf(notes);
    }
  }

  /** What became of the request. */
  public enum State {
    /** It was not sent yet. */
    REQUESTED,
    /** The agent has it, and has not answered yet. */
    ASKED,
    /** The class is not loaded yet. */
    WAITING,
    RUNNING,
    /** The agent says why it does not probe. */
    REFUSED,
    ENDED,
    /** The agent is too old, or its setting {@code probes} is off. */
    UNABLE,
    /** The channel broke, or no report came; the agent ends the probe by itself. */
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
      throw new IllegalArgumentException("not a state of a probed agent: " + word);
    }
  }
}
