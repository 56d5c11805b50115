package whorl.evidence;

import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The manifest of one capture, {@code manifest.json}. It lists every artifact except itself and the
 * envelope that signs it.
 *
 * @param version of this format, {@link #VERSION}
 * @param evidence the evidence this is the manifest of
 * @param capture the capture that made it
 * @param alert the alert it was captured for; null if a person requested it
 * @param reason a sentence: the rule's title, or the person's reason
 * @param startedAt when the state was frozen; {@code sealedAt} when the last artifact was digested
 * @param key the agent's Ed25519 public key, X.509 SubjectPublicKeyInfo in Base64; null if the JVM
 *     has no Ed25519, and then there is no envelope signature
 * @param missing artifacts that could not be collected, with the reason
 * @param losses events and bytes dropped so far in this JVM, by counter name
 * @param heap how the heap snapshot was taken; null if there is none
 * @param recipient the age recipient to whom all listed artifacts are encrypted, and then their
 *     names end in {@code .age}; null if they are not encrypted
 * @param clockOffsetMillis the milliseconds to add to this JVM's clock to get the collector's; null
 *     if it was never connected to one
 * @param chain the link of the agent's chain that announced this manifest, so that the manifest's
 *     signature covers all messages before it; null from agents without a chain
 */
public record Manifest(
    int version,
    Id evidence,
    Id capture,
    AgentIdentity agent,
    @Nullable Alert alert,
    String reason,
    Instant startedAt,
    Instant sealedAt,
    @JsonSerialize(using = PublicBytes.class) @Nullable String key,
    List<Artifact> artifacts,
    List<Missing> missing,
    Map<String, Long> losses,
    @Nullable HeapFacts heap,
    @Nullable String recipient,
    @Nullable Long clockOffsetMillis,
    @Nullable ChainHead chain) {
  public static final int VERSION = 1;

  /** The most artifacts that may be listed, and the most that may be missing. */
  public static final int ARTIFACTS_MAX = 20_000;

  private static final int LOSSES_MAX = 1_024;

  /** A manifest of an agent without a chain. */
  public Manifest(
      int version,
      Id evidence,
      Id capture,
      AgentIdentity agent,
      @Nullable Alert alert,
      String reason,
      Instant startedAt,
      Instant sealedAt,
      @Nullable String key,
      List<Artifact> artifacts,
      List<Missing> missing,
      Map<String, Long> losses,
      @Nullable HeapFacts heap,
      @Nullable String recipient,
      @Nullable Long clockOffsetMillis) {
    this(
        version,
        evidence,
        capture,
        agent,
        alert,
        reason,
        startedAt,
        sealedAt,
        key,
        artifacts,
        missing,
        losses,
        heap,
        recipient,
        clockOffsetMillis,
        null);
  }

  public Manifest {
    if (version != VERSION) {
      throw new IllegalArgumentException(
          "manifest version " + version + " is not known here; this Whorl reads " + VERSION);
    }
    artifacts = Copies.copy("artifacts", artifacts, ARTIFACTS_MAX);
    missing = Copies.copy("missing", missing, ARTIFACTS_MAX);
    losses = Copies.copy("losses", losses, LOSSES_MAX);
  }
}
