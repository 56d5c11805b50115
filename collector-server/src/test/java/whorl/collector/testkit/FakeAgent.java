package whorl.collector.testkit;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Alert;
import whorl.evidence.Artifact;
import whorl.evidence.ArtifactName;
import whorl.evidence.Digest;
import whorl.evidence.Envelope;
import whorl.evidence.HeapFacts;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.Level;
import whorl.evidence.Manifest;
import whorl.evidence.Missing;
import whorl.evidence.SigningKey;
import whorl.evidence.Statement;

/** An agent with one piece of evidence, which it ships as the wire wants it. */
public final class FakeAgent {
  public final Id id;
  public final Id evidence = Id.next(InstantSource.system());
  public final Id capture = Id.next(InstantSource.system());
  public final SigningKey key;
  public final Map<ArtifactName, byte[]> artifacts = new LinkedHashMap<>();
  public String service = "shop";
  public String host = "node-1";
  public String namespace = "default";
  public Map<String, String> labels = Map.of("team", "checkout");
  public String pod = "shop-1";
  public HeapFacts heap;
  public List<Missing> missing = List.of();
  public String recipient;
  private byte[] manifestJson;
  private byte[] envelopeJson;

  public FakeAgent() {
    this(SigningKey.generate());
  }

  public FakeAgent(SigningKey key) {
    this(key, Id.next(InstantSource.system()));
  }

  private FakeAgent(SigningKey key, Id id) {
    this.key = key;
    this.id = id;
  }

  /** The same agent with its next evidence. */
  public FakeAgent again() {
    return new FakeAgent(key, id);
  }

  public FakeAgent with(String name, byte[] content) {
    artifacts.put(new ArtifactName(name), content);
    return this;
  }

  public FakeAgent with(String name, String content) {
    return with(name, content.getBytes(StandardCharsets.UTF_8));
  }

  public Manifest manifest() {
    List<Artifact> listed = new ArrayList<>();
    artifacts.forEach(
        (name, content) ->
            listed.add(new Artifact(name, content.length, Digest.of(content), "text/plain")));
    return new Manifest(
        Manifest.VERSION,
        evidence,
        capture,
        identity(),
        alert(),
        "A process was started",
        Instant.parse("2026-01-02T03:04:05Z"),
        Instant.parse("2026-01-02T03:04:11Z"),
        key == null ? null : key.publicKey(),
        listed,
        missing,
        Map.of(),
        heap,
        recipient,
        null);
  }

  public AgentIdentity identity() {
    return new AgentIdentity(
        id, service, namespace, labels, pod, null, null, host, 1, "OpenJDK 21", "0.1.0");
  }

  public Alert alert() {
    return new Alert(
        id,
        "whorl",
        Instant.parse("2026-01-02T03:04:05Z"),
        "process-start",
        Level.HIGH,
        "A process was started",
        null,
        List.of("attack.t1059"),
        Map.of("command", "id"),
        "http-1",
        List.of("shop.Search.find(Search.java:12)"));
  }

  /** Signs what is there now. */
  public FakeAgent seal() {
    return seal(manifest());
  }

  public FakeAgent seal(Manifest manifest) {
    manifestJson = Json.bytes(manifest);
    byte[] statement = Json.bytes(Statement.of(manifest, Digest.of(manifestJson)));
    Envelope envelope = key == null ? SigningKey.unsigned(statement) : key.sign(statement);
    envelopeJson = Json.bytes(envelope);
    return this;
  }

  public FakeAgent sealed(byte[] manifestJson, byte[] envelopeJson) {
    this.manifestJson = manifestJson;
    this.envelopeJson = envelopeJson;
    return this;
  }

  public byte[] manifestJson() {
    return manifestJson;
  }

  public byte[] envelopeJson() {
    return envelopeJson;
  }

  /** Ships everything in one PATCH an artifact; the answer is the last one's. */
  public Answer shipAll(Caller client) {
    for (Map.Entry<ArtifactName, byte[]> artifact : artifacts.entrySet()) {
      Answer answer = ship(client, artifact.getKey().value(), artifact.getValue());
      if (answer.status() != 204) {
        return answer;
      }
    }
    Answer answer = ship(client, "manifest.json", manifestJson);
    return answer.status() == 204 ? ship(client, "manifest.dsse.json", envelopeJson) : answer;
  }

  /** Creates and ships one artifact. 204 also where it had come before. */
  public Answer ship(Caller client, String name, byte[] content) {
    Answer created = create(client, name, content.length);
    if (created.status() >= 300) {
      return created;
    }
    String offset = created.headers().getOrDefault("Upload-Offset", "0");
    int from = Integer.parseInt(offset);
    if (from == content.length) {
      return new Answer(204, created.headers(), new byte[0]);
    }
    byte[] rest = java.util.Arrays.copyOfRange(content, from, content.length);
    return patch(client, created.header("Location"), from, rest);
  }

  public Answer create(Caller client, String name, long length) {
    return client.call(
        "POST",
        "/agent/v1/uploads",
        Map.of(
            "Tus-Resumable", "1.0.0",
            "Upload-Length", Long.toString(length),
            "Upload-Metadata", metadata(name)),
        new byte[0]);
  }

  /** Creates an upload of this content with its first bytes, or all of them. */
  public Answer createWith(Caller client, String name, byte[] content, byte[] first) {
    return client.call(
        "POST",
        "/agent/v1/uploads",
        Map.of(
            "Tus-Resumable",
            "1.0.0",
            "Upload-Length",
            Integer.toString(content.length),
            "Upload-Metadata",
            metadata(name),
            "Content-Type",
            "application/offset+octet-stream",
            "Upload-Checksum",
            "sha256 " + Base64.getEncoder().encodeToString(Digest.of(first).bytes())),
        first);
  }

  /** Creates an upload whose length nobody knows yet; the answer has its location. */
  public Answer createStreamed(Caller client, String name) {
    return client.call(
        "POST",
        "/agent/v1/uploads",
        Map.of(
            "Tus-Resumable", "1.0.0",
            "Upload-Defer-Length", "1",
            "Upload-Metadata", metadata(name)),
        new byte[0]);
  }

  public String metadata(String name) {
    return pair("agent", id.value())
        + ","
        + pair("capture", capture.value())
        + ","
        + pair("evidence", evidence.value())
        + ","
        + pair("artifact", name)
        + ","
        + pair("mediaType", name.endsWith(".jfr") ? "application/x-jfr" : "text/plain");
  }

  public static Answer patch(Caller client, String location, long offset, byte[] chunk) {
    return client.call(
        "PATCH",
        location,
        Map.of(
            "Tus-Resumable",
            "1.0.0",
            "Content-Type",
            "application/offset+octet-stream",
            "Upload-Offset",
            Long.toString(offset),
            "Upload-Checksum",
            "sha256 " + Base64.getEncoder().encodeToString(Digest.of(chunk).bytes())),
        chunk);
  }

  public static Answer head(Caller client, String location) {
    return client.call("HEAD", location, Map.of("Tus-Resumable", "1.0.0"), new byte[0]);
  }

  public static String pair(String key, String value) {
    return key + " " + Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8));
  }
}
