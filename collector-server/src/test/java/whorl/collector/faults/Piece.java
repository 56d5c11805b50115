package whorl.collector.faults;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import whorl.collector.testkit.FakeAgent;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Alert;
import whorl.evidence.Artifact;
import whorl.evidence.ArtifactName;
import whorl.evidence.Digest;
import whorl.evidence.EventLine;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.Manifest;
import whorl.evidence.SigningKey;
import whorl.evidence.Statement;

/** One piece of evidence of a simulated agent, signed; artifacts first, the envelope last. */
final class Piece {
  static final String ENVELOPE = "manifest.dsse.json";
  private static final String HEAP = "heap.hprof.gz";
  private static final int SAME_EVERYWHERE_BYTES = 20_000;

  private final AgentIdentity agent;
  private final Id evidence = Id.next(InstantSource.system());
  private final Id capture;
  private final Map<String, byte[]> files = new LinkedHashMap<>();
  private final Map<String, Artifact> artifacts = new LinkedHashMap<>();
  private long bytes;

  private Piece(AgentIdentity agent, Id capture) {
    this.agent = agent;
    this.capture = capture;
  }

  /**
   * Makes one.
   *
   * @param heapBytes of its heap snapshot; 0 for none
   */
  static Piece make(
      AgentIdentity agent,
      SigningKey key,
      Id capture,
      @Nullable Alert alert,
      String reason,
      int heapBytes,
      Random random) {
    Piece piece = new Piece(agent, capture);
    piece.put("events.ndjson", events(random));
    piece.put("threads.txt", ("\"main\" prio=5 " + random.nextLong() + "\n").repeat(200));
    piece.put("console.log", "2026-11-25T09:35:28Z stdout hello\n");
    piece.put("process.json", "{\"pid\":1}");
    byte[] shared = new byte[SAME_EVERYWHERE_BYTES];
    new Random(random.nextInt(5)).nextBytes(shared);
    piece.files.put("classes/" + Digest.of(shared).hex() + ".class", shared);
    byte[] recording = new byte[10_000 + random.nextInt(400_000)];
    random.nextBytes(recording);
    piece.files.put("files/" + Digest.of(recording).hex(), recording);
    if (heapBytes > 0) {
      byte[] heap = new byte[heapBytes];
      random.nextBytes(heap);
      piece.files.put(HEAP, heap);
    }
    piece.seal(key, alert, reason);
    return piece;
  }

  private void put(String name, String text) {
    files.put(name, text.getBytes(StandardCharsets.UTF_8));
  }

  private static String events(Random random) {
    StringBuilder lines = new StringBuilder();
    Instant now = Instant.now();
    for (int i = 0; i < 20; i++) {
      lines
          .append(
              Json.text(
                  new EventLine(
                      i,
                      now.plusMillis(i),
                      "whorl.FileOpen",
                      Map.of("path", "/data/" + random.nextInt(1_000), "access", "read"),
                      "main",
                      List.of("shop.Search.find(Search.java:12)"))))
          .append('\n');
    }
    return lines.toString();
  }

  private void seal(SigningKey key, @Nullable Alert alert, String reason) {
    files.forEach((name, content) -> artifacts.put(name, artifact(name, content)));
    Instant now = Instant.now();
    Manifest manifest =
        new Manifest(
            Manifest.VERSION,
            evidence,
            capture,
            agent,
            alert,
            reason,
            now.minusSeconds(1),
            now,
            key.publicKey(),
            List.copyOf(artifacts.values()),
            List.of(),
            Map.of(),
            null,
            null,
            null);
    byte[] manifestJson = Json.bytes(manifest);
    files.put("manifest.json", manifestJson);
    Statement statement = Statement.of(manifest, Digest.of(manifestJson));
    files.put(ENVELOPE, Json.bytes(key.sign(Json.bytes(statement))));
    bytes = files.values().stream().mapToLong(each -> each.length).sum();
  }

  private static Artifact artifact(String name, byte[] content) {
    return new Artifact(
        new ArtifactName(name), content.length, Digest.of(content), mediaType(name));
  }

  private static String mediaType(String name) {
    return name.endsWith(".json") ? "application/json" : "application/octet-stream";
  }

  AgentIdentity agent() {
    return agent;
  }

  Id evidence() {
    return evidence;
  }

  Id capture() {
    return capture;
  }

  /** All files by name, in the order in which they are shipped. */
  Map<String, byte[]> files() {
    return files;
  }

  /** The artifacts of the manifest by name. */
  Map<String, Artifact> artifacts() {
    return artifacts;
  }

  long bytes() {
    return bytes;
  }

  /** Frees the memory of the content; what is listed stays. */
  void forgetContent() {
    files.clear();
  }

  /** The {@code Upload-Metadata} of a file. */
  String metadata(String name) {
    return FakeAgent.pair("agent", agent.id().value())
        + ","
        + FakeAgent.pair("capture", capture.value())
        + ","
        + FakeAgent.pair("evidence", evidence.value())
        + ","
        + FakeAgent.pair("artifact", name)
        + ","
        + FakeAgent.pair("mediaType", mediaType(name));
  }
}
