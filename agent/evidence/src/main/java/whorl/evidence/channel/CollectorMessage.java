package whorl.evidence.channel;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Alert;
import whorl.evidence.ChainHead;
import whorl.evidence.ChannelProof;
import whorl.evidence.Digest;
import whorl.evidence.Id;

/** The messages of the collector over an agent's channel, one JSON text frame each. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = CollectorMessage.Challenge.class, name = "challenge"),
  @JsonSubTypes.Type(value = CollectorMessage.Welcome.class, name = "welcome"),
  @JsonSubTypes.Type(value = CollectorMessage.StartCapture.class, name = "capture"),
  @JsonSubTypes.Type(value = CollectorMessage.AlertVerdict.class, name = "alert-verdict"),
  @JsonSubTypes.Type(value = CollectorMessage.RulesWanted.class, name = "rules-wanted"),
  @JsonSubTypes.Type(value = CollectorMessage.RuleText.class, name = "rule-text"),
  @JsonSubTypes.Type(value = CollectorMessage.LibrariesWanted.class, name = "libraries-wanted"),
  @JsonSubTypes.Type(value = CollectorMessage.Hunt.class, name = "hunt"),
  @JsonSubTypes.Type(value = CollectorMessage.HuntEnd.class, name = "hunt-end"),
  @JsonSubTypes.Type(value = CollectorMessage.Probe.class, name = "probe"),
  @JsonSubTypes.Type(value = CollectorMessage.ProbeEnd.class, name = "probe-end"),
})
public sealed interface CollectorMessage {
  /**
   * The answer to a hello with a key: requests a proof with {@link AgentMessage.Proof}.
   *
   * @param nonce created for this one connection, at most {@link ChannelProof#NONCE_MAX_CHARS}
   */
  record Challenge(String nonce) implements CollectorMessage {}

  /**
   * The answer to hello, or to the proof of its key.
   *
   * @param heartbeatSeconds the interval of {@link AgentMessage.Status}
   * @param time the collector's clock, to correct the agent's
   * @param selfTestSeconds the interval of {@link AgentMessage.SelfTest}; 0 means never, and is
   *     also the value of older collectors
   * @param alertJournals true if it accepts {@link AgentMessage.AlertJournal}; older collectors do
   *     not
   * @param received the last link of this agent's chain that the collectors have; the agent sends
   *     again what it still has of the links after it. Null from collectors that do not check
   *     chains: their agents send messages that are no links
   */
  record Welcome(
      int heartbeatSeconds,
      Instant time,
      int selfTestSeconds,
      boolean alertJournals,
      @Nullable ChainHead received)
      implements CollectorMessage {
    /** The welcome of a collector that does not check chains. */
    public Welcome(int heartbeatSeconds, Instant time, int selfTestSeconds, boolean alertJournals) {
      this(heartbeatSeconds, time, selfTestSeconds, alertJournals, null);
    }
  }

  /**
   * Requests a capture.
   *
   * @param artifacts the requested kinds, of {@link ArtifactKind}; empty means all except heap
   * @param alert the outside alert it is for; null if a person requested it
   * @param force overrides the refusal of a heap dump whose pause would be too long
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
   * @param full true if the capture may proceed; if false, only the alert with its journal is kept
   */
  record AlertVerdict(Id alert, boolean full, @Nullable String reason)
      implements CollectorMessage {}

  /**
   * The rule sets that the agent must have in addition to its own, and no others. The agent answers
   * with {@link AgentMessage.RulesLoaded}, to this and to each {@link RuleText}. The texts that it
   * lacks follow one by one, each after the answer to the one before.
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

  /**
   * Asks for the agent's inventory of libraries, if the agent has the capability {@link
   * LibrariesWanted#LIBRARIES}.
   *
   * @param digest the inventory whose parts the agent must send: {@link AgentMessage.LibraryPart};
   *     null to ask which one it has: {@link AgentMessage.LibrariesHeld}, now and at each change
   */
  record LibrariesWanted(@Nullable Digest digest) implements CollectorMessage {
    /** The capability of agents that have an inventory. */
    public static final String LIBRARIES = "libraries";
  }

  /**
   * Asks the agent what its JVM holds; it answers with {@link AgentMessage.HuntAnswer}. Sent only
   * to agents whose capability {@link HuntQuestion#CAPABILITY} lists the kind of the question.
   *
   * @param windowSeconds how far back events are looked at; 0 for all that the agent holds
   * @param limit of the rows, 1 to {@link AgentMessage.HuntAnswer#ROWS_MAX}
   */
  record Hunt(Id hunt, HuntQuestion question, int windowSeconds, int limit)
      implements CollectorMessage {
    public Hunt {
      if (hunt == null || question == null) {
        throw new IllegalArgumentException("hunt: hunt and question are needed");
      }
      windowSeconds = Math.max(0, windowSeconds);
      limit = Math.max(1, Math.min(limit, AgentMessage.HuntAnswer.ROWS_MAX));
    }
  }

  /** Nobody waits for the answer to this hunt any more. */
  record HuntEnd(Id hunt) implements CollectorMessage {}

  /**
   * Asks the agent to record calls of methods of its application; it answers with {@link
   * AgentMessage.ProbeReport}. Sent only to agents with the capability {@link
   * ProbeRequest#CAPABILITY}.
   */
  record Probe(Id probe, ProbeRequest request) implements CollectorMessage {
    public Probe {
      if (probe == null || request == null) {
        throw new IllegalArgumentException("probe: probe and request are needed");
      }
    }
  }

  /** The agent must end this probe now, and restore the classes. */
  record ProbeEnd(Id probe) implements CollectorMessage {}
}
