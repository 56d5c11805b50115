package whorl.evidence;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the collector says over an agent's channel, one JSON text frame each. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = CollectorMessage.Challenge.class, name = "challenge"),
  @JsonSubTypes.Type(value = CollectorMessage.Welcome.class, name = "welcome"),
  @JsonSubTypes.Type(value = CollectorMessage.StartCapture.class, name = "capture"),
  @JsonSubTypes.Type(value = CollectorMessage.AlertVerdict.class, name = "alert-verdict"),
  @JsonSubTypes.Type(value = CollectorMessage.RulesWanted.class, name = "rules-wanted"),
  @JsonSubTypes.Type(value = CollectorMessage.RuleText.class, name = "rule-text"),
})
public sealed interface CollectorMessage {
  /**
   * The answer to a hello with a key: prove that you hold it, with {@link AgentMessage.Proof}.
   *
   * @param nonce made up for this one connection, at most {@link ChannelProof#NONCE_MAX_CHARS}
   */
  record Challenge(String nonce) implements CollectorMessage {}

  /**
   * The answer to hello, or to the proof of its key.
   *
   * @param heartbeatSeconds how often the agent shall say {@link AgentMessage.Status}
   * @param time the collector's clock, for the correction of the agent's
   * @param selfTestSeconds how often the agent shall say {@link AgentMessage.SelfTest}; 0, which
   *     collectors before it mean too, is never
   * @param alertJournals whether it takes {@link AgentMessage.AlertJournal}; collectors before it
   *     do not
   */
  record Welcome(int heartbeatSeconds, Instant time, int selfTestSeconds, boolean alertJournals)
      implements CollectorMessage {}

  /**
   * Somebody asks.
   *
   * @param artifacts what is wanted: {@code recording, threads, classes, process, network, files,
   *     console, heap, histogram}; empty means everything but heap
   * @param alert the outside alert it is for; null when a person asked
   * @param force override the refusal of a heap dump whose pause would be too long
   */
  record StartCapture(
      Id capture, List<String> artifacts, String reason, @Nullable Alert alert, boolean force)
      implements CollectorMessage {
    public StartCapture {
      artifacts = artifacts == null ? List.of() : List.copyOf(artifacts);
    }
  }

  /**
   * The answer to {@link AgentMessage.AlertRaised}: storm control.
   *
   * @param full whether the capture may go on; if not, the alert with its journal is all
   */
  record AlertVerdict(Id alert, boolean full, @Nullable String reason)
      implements CollectorMessage {}

  /**
   * Which sets of rules the agent shall have beside its own, and no others. The agent answers with
   * {@link AgentMessage.RulesLoaded}, to this and to each {@link RuleText}; the texts that it lacks
   * follow one by one, each after the answer to the one before.
   */
  record RulesWanted(List<RuleSetVersion> sets) implements CollectorMessage {
    public RulesWanted {
      sets = sets == null ? List.of() : List.copyOf(sets);
    }
  }

  /**
   * One version of one set.
   *
   * @param version counts up from 1 with each push, and never goes back
   */
  record RuleSetVersion(String name, int version) {}

  /**
   * The rules of a set.
   *
   * @param yaml Sigma rules, a YAML document each
   */
  record RuleText(String name, int version, String yaml) implements CollectorMessage {}
}
