package whorl.evidence.channel;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Alert;
import whorl.evidence.ChainHead;
import whorl.evidence.Copies;
import whorl.evidence.Digest;
import whorl.evidence.EventLine;
import whorl.evidence.Id;
import whorl.evidence.Manifest;
import whorl.evidence.PublicBytes;
import whorl.evidence.SigningKey;
import whorl.evidence.library.LibraryEntry;
import whorl.evidence.library.LoadedMarks;

/**
 * The messages of an agent over its channel, one JSON text frame each, {@code type} first. The
 * agent sends {@link Hello} first, then {@link Proof} if the collector requests a proof of its key;
 * everything else follows the collector's welcome.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = AgentMessage.Hello.class, name = "hello"),
  @JsonSubTypes.Type(value = AgentMessage.Proof.class, name = "proof"),
  @JsonSubTypes.Type(value = AgentMessage.Status.class, name = "status"),
  @JsonSubTypes.Type(value = AgentMessage.Journal.class, name = "journal"),
  @JsonSubTypes.Type(value = AgentMessage.AlertJournal.class, name = "alert-journal"),
  @JsonSubTypes.Type(value = AgentMessage.AlertRaised.class, name = "alert"),
  @JsonSubTypes.Type(value = AgentMessage.ManifestSealed.class, name = "manifest"),
  @JsonSubTypes.Type(value = AgentMessage.CaptureProgress.class, name = "capture-progress"),
  @JsonSubTypes.Type(value = AgentMessage.RulesLoaded.class, name = "rules-loaded"),
  @JsonSubTypes.Type(value = AgentMessage.SelfTest.class, name = "self-test"),
  @JsonSubTypes.Type(value = AgentMessage.LibrariesHeld.class, name = "libraries"),
  @JsonSubTypes.Type(value = AgentMessage.LibraryPart.class, name = "library-part"),
  @JsonSubTypes.Type(value = AgentMessage.HuntAnswer.class, name = "hunt-answer"),
  @JsonSubTypes.Type(value = AgentMessage.ProbeReport.class, name = "probe-report"),
  @JsonSubTypes.Type(value = AgentMessage.Goodbye.class, name = "goodbye"),
})
public sealed interface AgentMessage {
  /** The message's place in the agent's chain; null if it is no link. */
  default @Nullable ChainLink chain() {
    return null;
  }

  /**
   * Introduces the agent.
   *
   * @param key the public Ed25519 key as in {@link Manifest#key}; enrols it
   * @param capabilities each named check's outcome: {@code true}, a figure, or the reason why not
   * @param head the last link that the agent has made; null from agents without a chain
   */
  record Hello(
      AgentIdentity identity,
      @JsonSerialize(using = PublicBytes.class) @Nullable String key,
      Map<String, Object> capabilities,
      @Nullable ChainHead head)
      implements AgentMessage {
    /** The hello of an agent without a chain. */
    public Hello(AgentIdentity identity, @Nullable String key, Map<String, Object> capabilities) {
      this(identity, key, capabilities, null);
    }
  }

  /**
   * The answer to {@link CollectorMessage.Challenge}: proves that the agent holds the key of its
   * hello.
   *
   * @param signature {@link SigningKey#prove}'s, in Base64
   */
  record Proof(@JsonSerialize(using = PublicBytes.class) String signature)
      implements AgentMessage {}

  /**
   * Sent at every heartbeat.
   *
   * @param losses the drops so far, by counter name
   * @param capabilities as in {@link Hello} if they changed, otherwise null
   * @param costs null from agents that do not count them
   * @param head the last link sent before this message; null without a chain
   */
  record Status(
      Map<String, Long> losses,
      @Nullable Map<String, Object> capabilities,
      @Nullable AgentCosts costs,
      @Nullable SignedHead head)
      implements AgentMessage {
    /** The heartbeat of an agent without a chain. */
    public Status(
        Map<String, Long> losses,
        @Nullable Map<String, Object> capabilities,
        @Nullable AgentCosts costs) {
      this(losses, capabilities, costs, null);
    }
  }

  /** Events that rules use, as they happen, oldest first. */
  record Journal(List<EventLine> events, @Nullable ChainLink chain) implements AgentMessage {
    /** Events that are no link. */
    public Journal(List<EventLine> events) {
      this(events, null);
    }
  }

  /**
   * A rule fired.
   *
   * @param capture the capture that the agent would start for it, which the verdict answers; null
   *     if the agent's own cooldown or hourly cap prevents it, or if the alert joins a running
   *     capture
   * @param journal the events that led to it, oldest first; only the newest if an {@link
   *     AlertJournal} follows
   * @param joined the running or waiting capture that includes this alert too; null if there is
   *     none, and from older agents
   */
  record AlertRaised(
      Alert alert,
      @Nullable Id capture,
      List<EventLine> journal,
      @Nullable Id joined,
      @Nullable ChainLink chain)
      implements AgentMessage {
    /** An alert that is no link. */
    public AlertRaised(
        Alert alert, @Nullable Id capture, List<EventLine> journal, @Nullable Id joined) {
      this(alert, capture, journal, joined, null);
    }

    /** An alert that joined no capture. */
    public AlertRaised(Alert alert, @Nullable Id capture, List<EventLine> journal) {
      this(alert, capture, journal, null, null);
    }
  }

  /**
   * The events that led to an alert that was raised before, oldest first. Sent separately, because
   * collecting them takes longer than the alert may.
   */
  record AlertJournal(Id alert, List<EventLine> events, @Nullable ChainLink chain)
      implements AgentMessage {
    /** Events that are no link. */
    public AlertJournal(Id alert, List<EventLine> events) {
      this(alert, events, null);
    }
  }

  /**
   * The manifest of this evidence is about to be sealed, and contains the position of this link. So
   * evidence that never arrives is known, and the signature of the manifest covers the journal.
   */
  record ManifestSealed(Id capture, Id evidence, @Nullable ChainLink chain)
      implements AgentMessage {}

  /**
   * The progress of a capture. The collector itself reports sealed.
   *
   * @param evidence known from {@code running} on
   * @param bytes shipped so far, {@code of} the total; 0 if unknown
   * @param reason why it failed, otherwise null
   */
  record CaptureProgress(
      Id capture,
      @Nullable Id evidence,
      CaptureState state,
      long bytes,
      long of,
      @Nullable String reason)
      implements AgentMessage {}

  /** The state of the rule sets that the collector wants here; all of them each time. */
  record RulesLoaded(List<RuleSetState> sets) implements AgentMessage {
    public RulesLoaded {
      sets = sets == null ? List.of() : List.copyOf(sets);
    }
  }

  /**
   * The state of one set.
   *
   * @param wanted the version that the collector wants
   * @param version the active one; 0 for none
   * @param rules the number of its active rules
   * @param problems of the wanted version: what has no effect, and why; bounded
   */
  record RuleSetState(String name, int wanted, int version, int rules, List<String> problems) {
    public RuleSetState {
      problems = problems == null ? List.of() : List.copyOf(problems);
    }
  }

  /**
   * The progress of the agent's self-test events, every {@link
   * CollectorMessage.Welcome#selfTestSeconds}. The network thread sends it even if a test did not
   * arrive, so a number that does not change means that a stage is blind.
   *
   * @param number of the newest test that began; counts up from 1
   * @param stages the number of the newest test that each stage saw, by the stage's name, in the
   *     order in which a test passes them
   */
  record SelfTest(long number, Map<String, Long> stages) implements AgentMessage {
    /** The id of the rule that only self-test events match; its alerts never leave the agent. */
    public static final String RULE = "whorl.self-test";

    private static final int STAGES_MAX = 1_024;

    public SelfTest {
      stages = Copies.copy("stages", stages, STAGES_MAX);
    }
  }

  /**
   * The answer to {@link CollectorMessage.LibrariesWanted} without a digest, and sent again when
   * anything of it has changed: which inventory of libraries the agent has.
   *
   * @param digest of the inventory: {@link LibraryEntry#digest}
   * @param entries the number of its libraries
   * @param loaded which of them have a loaded class, as in {@link LoadedMarks}
   * @param complete false if jars of this JVM are missing in it
   * @param problem why it is not complete; null if it is
   */
  record LibrariesHeld(
      Digest digest, int entries, String loaded, boolean complete, @Nullable String problem)
      implements AgentMessage {
    /** The most libraries of an inventory. */
    public static final int ENTRIES_MAX = 4_096;
  }

  /**
   * A part of an inventory, the answer to {@link CollectorMessage.LibrariesWanted} with a digest.
   *
   * @param digest of the whole inventory
   * @param part counts up from 0
   * @param of the number of parts
   */
  record LibraryPart(Digest digest, int part, int of, List<LibraryEntry> entries)
      implements AgentMessage {
    /** The most libraries of a part. */
    public static final int ENTRIES_MAX = 200;

    public LibraryPart {
      entries = Copies.copy("entries", entries, ENTRIES_MAX);
    }
  }

  /**
   * The answer to {@link CollectorMessage.Hunt}. It fits into one message.
   *
   * @param reason why it was refused or failed; null if it was answered
   * @param rows the newest first, at most as many as were asked for
   * @param matched all that matched, also what is in no row
   * @param examined how many events, classes, sockets or registrations were looked at
   * @param cut why the answer is not complete; null if it is
   * @param from the oldest time that the answer covers; null if it is about the present only
   * @param to the newest time that it covers, by the agent's clock
   * @param tookMillis from the beginning of the work to its end
   * @param notes what the rows do not say, such as what could not be looked at
   */
  record HuntAnswer(
      Id hunt,
      HuntState state,
      @Nullable String reason,
      List<HuntRow> rows,
      long matched,
      long examined,
      @Nullable String cut,
      @Nullable Instant from,
      @Nullable Instant to,
      long tookMillis,
      List<String> notes)
      implements AgentMessage {
    /** Limit of the rows of an answer. */
    public static final int ROWS_MAX = 100;

    private static final int NOTES_MAX = 16;

    public HuntAnswer {
      rows = Copies.copy("rows", rows, ROWS_MAX);
      notes = Copies.copy("notes", notes, NOTES_MAX);
    }

    /** The answer of an agent that did not look. */
    public static HuntAnswer without(Id hunt, HuntState state, String reason) {
      return new HuntAnswer(hunt, state, reason, List.of(), 0, 0, null, null, null, 0, List.of());
    }
  }

  /**
   * The answer to {@link CollectorMessage.Probe}, and again when something has changed.
   *
   * @param reason why it was refused or has ended; null in other states
   * @param methods what is woven, such as {@code com.example.Orders#find(java.lang.String)}; only
   *     in the first report of the state running
   * @param calls recorded since the report before
   * @param recorded all recorded calls so far
   * @param skipped calls so far that were only counted, because too many came in a second
   * @param lost recorded calls that are in no report, because the reports could not be sent in time
   * @param restored in the state ended: true if the classes are as before; null in other states
   * @param notes what the rest does not say, such as methods that could not be woven
   */
  record ProbeReport(
      Id probe,
      ProbeState state,
      @Nullable String reason,
      List<String> methods,
      List<ProbeCall> calls,
      long recorded,
      long skipped,
      long lost,
      @Nullable Boolean restored,
      List<String> notes)
      implements AgentMessage {
    /** Limit of the calls of a report. */
    public static final int CALLS_MAX = 20;

    /** Limit of the methods: as many classes as loaders may have, with as many methods each. */
    public static final int METHODS_MAX = 160;

    private static final int NOTES_MAX = 16;

    public ProbeReport {
      methods = Copies.copy("methods", methods, METHODS_MAX);
      calls = Copies.copy("calls", calls, CALLS_MAX);
      notes = Copies.copy("notes", notes, NOTES_MAX);
    }

    /** The report of an agent that does not weave anything. */
    public static ProbeReport refused(Id probe, String reason) {
      return new ProbeReport(
          probe, ProbeState.REFUSED, reason, List.of(), List.of(), 0, 0, 0, null, List.of());
    }
  }

  /**
   * The JVM ends regularly.
   *
   * @param head the last link sent before this message; null without a chain
   */
  record Goodbye(String reason, @Nullable SignedHead head) implements AgentMessage {
    /** The goodbye of an agent without a chain. */
    public Goodbye(String reason) {
      this(reason, null);
    }
  }
}
