import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Artifact;
import whorl.evidence.ArtifactName;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.Manifest;
import whorl.evidence.SigningKey;
import whorl.evidence.Statement;

/**
 * The files of one piece of evidence, unlike those of any other, with all that the sender may
 * compute beforehand, so that sending them costs the same for each server.
 */
final class Load {
  private static final SigningKey KEY = SigningKey.generate();
  private static final AgentIdentity AGENT =
      new AgentIdentity(
          Id.next(InstantSource.system()), "ingest-compare", null, Map.of(), null, null, null,
          null, 1, "none", "none");

  final Id evidence = Id.next(InstantSource.system());
  final Id capture = Id.next(InstantSource.system());
  final List<Part> parts = new ArrayList<>();
  final Part manifest;
  final Part envelope;

  /**
   * One file.
   *
   * @param checksum of its first chunk, as tus has it
   */
  record Part(ArtifactName name, byte[] bytes, Digest sha256, String checksum) {}

  Load(int files, int bytesEach, int chunkBytes, SplittableRandom random) {
    List<Artifact> artifacts = new ArrayList<>();
    for (int i = 0; i < files; i++) {
      Part part = part(random(bytesEach, random), "files/" + evidence + "-" + i, chunkBytes);
      parts.add(part);
      artifacts.add(
          new Artifact(part.name(), bytesEach, part.sha256(), "application/octet-stream"));
    }
    Instant now = Instant.now();
    Manifest listed =
        new Manifest(
            Manifest.VERSION, evidence, capture, AGENT, null, "compared", now, now, KEY.publicKey(),
            artifacts, List.of(), Map.of(), null, null, null);
    byte[] json = Json.bytes(listed);
    manifest = part(json, ArtifactName.MANIFEST.value(), chunkBytes);
    envelope =
        part(
            Json.bytes(KEY.sign(Json.bytes(Statement.of(listed, Digest.of(json))))),
            ArtifactName.ENVELOPE.value(),
            chunkBytes);
  }

  static Id agent() {
    return AGENT.id();
  }

  private static Part part(byte[] bytes, String name, int chunkBytes) {
    MessageDigest sha256 = Digest.newSha256();
    sha256.update(bytes, 0, Math.min(chunkBytes, bytes.length));
    String checksum = "sha256 " + Base64.getEncoder().encodeToString(sha256.digest());
    return new Part(new ArtifactName(name), bytes, Digest.of(bytes), checksum);
  }

  private static byte[] random(int length, SplittableRandom random) {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.remaining() >= Long.BYTES) {
      bytes.putLong(random.nextLong());
    }
    return bytes.array();
  }
}
