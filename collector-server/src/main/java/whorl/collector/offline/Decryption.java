package whorl.collector.offline;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import whorl.collector.receive.bag.StagedEvidence;
import whorl.collector.store.objects.StoredArtifact;
import whorl.evidence.ArtifactName;
import whorl.evidence.Digest;

/** Adds to encrypted evidence what its artifacts are when they are decrypted. */
final class Decryption {
  private Decryption() {}

  /** The bytes of the artifacts that are decrypted. */
  static long bytes(StagedEvidence evidence) {
    return evidence.artifacts().stream()
        .filter(Decryption::isWanted)
        .mapToLong(StoredArtifact::size)
        .sum();
  }

  private static boolean isWanted(StoredArtifact artifact) {
    return artifact.name().isEncrypted();
  }

  /**
   * Decrypts all artifacts, beside the encrypted ones. One that is encrypted to somebody else keeps
   * back no other: an intruder with the agent's token can send such a one.
   *
   * @return the number of artifacts that were decrypted
   * @throws IOException if the identity is another recipient's, and decrypts nothing
   */
  static int run(StagedEvidence evidence, AgeIdentity identity) throws IOException {
    int done = 0;
    AgeIdentity.OtherRecipientException toOthers = null;
    List<StoredArtifact> encrypted =
        evidence.artifacts().stream().filter(Decryption::isWanted).toList();
    for (StoredArtifact artifact : encrypted) {
      String name = artifact.name().value();
      ArtifactName plain =
          new ArtifactName(
              name.substring(0, name.length() - ArtifactName.ENCRYPTED_ENDING.length()));
      if (evidence.has(plain)) {
        // anybody who encrypts to this recipient could replace the manifest, or another artifact
        evidence.lacks(name, "it was not decrypted: there is an artifact " + plain + " already");
        continue;
      }
      Path file = evidence.newFile();
      try {
        Digest sha256 = identity.decrypt(evidence.file(artifact), file);
        evidence.put(
            StoredArtifact.derived(plain, Files.size(file), sha256, mediaType(plain.value()))
                .unlisted(artifact.unlisted()),
            file);
        done++;
      } catch (AgeIdentity.OtherRecipientException e) {
        toOthers = e;
        Files.deleteIfExists(file);
        evidence.lacks(plain.value(), "it was not decrypted: it is encrypted to somebody else");
      } catch (IOException e) {
        Files.deleteIfExists(file);
        evidence.lacks(plain.value(), "it could not be decrypted: " + e.getMessage());
      }
    }
    if (done == 0 && toOthers != null) {
      throw toOthers;
    }
    if (done > 0) {
      evidence.decrypted();
    }
    return done;
  }

  private static String mediaType(String name) {
    if (name.endsWith(".jfr")) {
      return "application/x-jfr";
    }
    if (name.endsWith(".json")) {
      return "application/json";
    }
    return name.endsWith(".txt") || name.endsWith(".log") || name.endsWith(".body")
        ? "text/plain"
        : name.endsWith(".ndjson") ? "application/x-ndjson" : "application/octet-stream";
  }
}
