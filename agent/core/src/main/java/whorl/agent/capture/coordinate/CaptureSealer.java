package whorl.agent.capture.coordinate;

import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import whorl.agent.capture.AcquisitionLog;
import whorl.agent.capture.CaptureContext;
import whorl.agent.capture.EvidenceSink;
import whorl.agent.redact.stream.MaskedJson;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Alert;
import whorl.evidence.Artifact;
import whorl.evidence.ArtifactName;
import whorl.evidence.ChainHead;
import whorl.evidence.Digest;
import whorl.evidence.Envelope;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.Manifest;
import whorl.evidence.Missing;
import whorl.evidence.SigningKey;
import whorl.evidence.Statement;

/**
 * Writes the artifacts that complete every capture, in this order: {@code alert.json} (if there is
 * an alert), {@code acquisition.log}, {@code manifest.json}, {@code manifest.dsse.json}.
 */
public final class CaptureSealer {
  private final AgentIdentity agent;
  private final @Nullable SigningKey key;
  private final @Nullable String recipient;
  private final Circumstances circumstances;
  private final InstantSource clock;

  /**
   * Facts about the agent itself for the acquisition log, read when it is written.
   *
   * @param agentLog the agent's own log lines, oldest first
   * @param losses what was dropped so far in this JVM, by counter name
   * @param clockOffset what must be added to this JVM's clock to get the collector's; null if
   *     unknown
   * @param chain announces the manifest
   * @param unknown what no capture of this agent can hold, because it started late
   */
  public record Circumstances(
      Supplier<List<String>> agentLog,
      Supplier<Map<String, Long>> losses,
      Supplier<@Nullable Duration> clockOffset,
      ManifestChain chain,
      List<Missing> unknown) {}

  /** The agent's chain. Each manifest is one of its links. */
  @FunctionalInterface
  public interface ManifestChain {
    /** No chain. */
    ManifestChain NONE = (capture, evidence) -> null;

    /** Makes the manifest of this evidence the next link; returns its position. */
    @Nullable ChainHead sealing(Id capture, Id evidence);
  }

  /**
   * The content of {@code alert.json}.
   *
   * @param version of this format
   * @param alert the alert that started the capture; null for a request that alerts joined
   * @param joined alerts raised while it ran
   * @param joinedNotKept number of further alerts that are not listed
   */
  record CaptureAlerts(int version, @Nullable Alert alert, List<Alert> joined, long joinedNotKept) {
    static final int VERSION = 1;
  }

  /**
   * @param key null if this JVM has no Ed25519; the envelope is then unsigned
   * @param recipient the age recipient that the draft encrypts to; null if not encrypted
   */
  public CaptureSealer(
      AgentIdentity agent,
      @Nullable SigningKey key,
      @Nullable String recipient,
      Circumstances circumstances,
      InstantSource clock) {
    this.agent = agent;
    this.key = key;
    this.recipient = recipient;
    this.circumstances = circumstances;
    this.clock = clock;
  }

  /**
   * Seals the draft, which its owner then commits.
   *
   * @param json masks the secrets of the alerts and the manifest
   * @throws IOException if there is no space; nothing is sealed then
   */
  void seal(
      CaptureContext context,
      CaptureAlerts alerts,
      AcquisitionLog log,
      Instant startedAt,
      EvidenceSink.Draft draft,
      MaskedJson json)
      throws IOException {
    Map<String, Long> losses = new TreeMap<>(circumstances.losses().get());
    if (alerts.alert() != null || !alerts.joined().isEmpty()) {
      write(draft, ArtifactName.ALERT, "application/json", json.bytes(alerts));
    }
    writeLog(context, log, losses, draft);
    Duration offset = circumstances.clockOffset().get();
    Manifest manifest =
        new Manifest(
            Manifest.VERSION,
            context.evidence(),
            context.capture(),
            agent,
            context.alert(),
            context.reason(),
            startedAt,
            clock.instant(),
            key == null ? null : key.publicKey(),
            draft.artifacts(),
            missing(log),
            losses,
            log.heap(),
            recipient,
            offset == null ? null : offset.toMillis(),
            circumstances.chain().sealing(context.capture(), context.evidence()));
    byte[] manifestJson = json.bytes(manifest);
    write(draft, ArtifactName.MANIFEST, "application/json", manifestJson);
    byte[] statement = json.bytes(Statement.of(manifest, Digest.of(manifestJson)));
    Envelope envelope = key == null ? SigningKey.unsigned(statement) : key.sign(statement);
    write(
        draft,
        ArtifactName.ENVELOPE,
        "application/vnd.dsse.envelope.v1+json",
        Json.bytes(envelope));
  }

  private List<Missing> missing(AcquisitionLog log) {
    List<Missing> missing = new ArrayList<>(circumstances.unknown());
    missing.addAll(log.missing());
    return missing;
  }

  private void writeLog(
      CaptureContext context,
      AcquisitionLog log,
      Map<String, Long> losses,
      EvidenceSink.Draft draft)
      throws IOException {
    List<String> lines = new ArrayList<>(head(context));
    for (Missing unknown : circumstances.unknown()) {
      lines.add(
          "# not in this evidence: "
              + AcquisitionLog.printable(unknown.artifact() + ": " + unknown.reason()));
    }
    lines.addAll(log.lines());
    lines.add("# artifacts: SHA-256, size in bytes, name");
    for (Artifact artifact : draft.artifacts()) {
      lines.add("# " + artifact.sha256() + " " + artifact.size() + " " + artifact.name());
    }
    lines.add("# dropped so far in this JVM: " + (losses.isEmpty() ? "nothing" : losses));
    lines.add("# the agent's own log");
    for (String line : circumstances.agentLog().get()) {
      lines.add("# " + AcquisitionLog.printable(line));
    }
    lines.add(clock.instant() + " sealing");
    try (Writer out =
        new OutputStreamWriter(
            draft.create(ArtifactName.ACQUISITION_LOG, "text/plain; charset=utf-8"),
            StandardCharsets.UTF_8)) {
      for (String line : lines) {
        out.append(line).append('\n');
      }
    }
  }

  private List<String> head(CaptureContext context) {
    Duration offset = circumstances.clockOffset().get();
    return List.of(
        "# Whorl " + agent.agentVersion() + ", acquisition log; times are this JVM's clock, in UTC",
        "# evidence " + context.evidence() + ", capture " + context.capture(),
        "# because: " + AcquisitionLog.printable(context.reason()),
        "# triggered at " + context.triggeredAt() + "; wanted: " + new TreeSet<>(context.kinds()),
        AcquisitionLog.printable(
            "# agent "
                + agent.id()
                + ", service "
                + agent.service()
                + ", process "
                + agent.pid()
                + " on "
                + agent.host()
                + ", "
                + agent.jvm()),
        offset == null
            ? "# the collector's clock is not known here"
            : "# add " + offset.toMillis() + " ms to get the collector's clock",
        key == null
            ? "# this JVM has no Ed25519: the manifest is not signed"
            : "# signed with this agent's Ed25519 key " + key.publicKey(),
        recipient == null ? "# not encrypted" : "# encrypted to " + recipient);
  }

  private static void write(
      EvidenceSink.Draft draft, ArtifactName name, String mediaType, byte[] content)
      throws IOException {
    try (OutputStream out = draft.create(name, mediaType)) {
      out.write(content);
    }
  }
}
