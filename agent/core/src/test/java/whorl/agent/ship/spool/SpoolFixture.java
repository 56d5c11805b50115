package whorl.agent.ship.spool;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.io.TempDir;
import whorl.agent.ship.Samples;
import whorl.evidence.Artifact;
import whorl.evidence.ArtifactName;
import whorl.evidence.Digest;

/** Spools of both storages, and what tests do with them. */
abstract class SpoolFixture {
  @TempDir Path folder;
  final AtomicLong freeBytes = new AtomicLong(Long.MAX_VALUE);

  /** Both storages have the same contract. */
  enum Place {
    FOLDER,
    MEMORY
  }

  Spool open(Path place) throws IOException {
    SpoolOwner owner = new SpoolOwner(Samples.AGENT, "shop", false);
    return Spool.inFolder(place, owner, 1_000_000, freeBytes::get);
  }

  Spool spool(Place place, long maxBytes) throws IOException {
    return place == Place.MEMORY
        ? Spool.inMemory(Samples.AGENT, maxBytes)
        : Spool.inFolder(
            folder, new SpoolOwner(Samples.AGENT, "shop", false), maxBytes, freeBytes::get);
  }

  static StoredEvidence committed(Spool spool, byte[] content) throws IOException {
    Draft draft = spool.begin(Samples.id(), Samples.id());
    Samples.put(draft, "content.bin", content);
    draft.commit();
    List<StoredEvidence> all = spool.complete();
    return all.get(all.size() - 1);
  }

  /** Larger than any of these spools. */
  static Artifact heap(String name) {
    return new Artifact(
        new ArtifactName(name), 1L << 30, Digest.of(new byte[0]), "application/gzip");
  }

  static byte[] read(StoredEvidence evidence, int number) throws IOException {
    byte[] content = new byte[(int) evidence.entries().get(number).artifact().size()];
    try (ArtifactReader in = evidence.spoolEntry().open(number)) {
      in.read(0, content, content.length);
    }
    return content;
  }
}
