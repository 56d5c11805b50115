package whorl.agent.ship.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.evidence.Artifact;
import whorl.evidence.ArtifactName;
import whorl.evidence.Digest;
import whorl.evidence.Id;

class SpoolIndexTest {
  private static final byte[] CONTENT = {1, 2, 3};

  @TempDir Path folder;
  private boolean full;

  @Test
  void lineThatAFullDiskTore_costsItsOwnArtifactOnly() throws IOException {
    try (SpoolIndexWriter index = new SpoolIndexWriter(disk())) {
      index.begin(id(), id(), id());
      index.artifact(entry(0));
      full = true;
      assertThatThrownBy(() -> index.artifact(entry(1))).isInstanceOf(IOException.class);
      Files.delete(folder.resolve(SpoolIndex.fileName(1)));
      full = false;
      index.artifact(entry(2));
      index.sealed();
    }

    StoredEvidence evidence = SpoolIndex.read(folder, null);

    assertThat(evidence).isNotNull();
    assertThat(evidence.entries()).extracting(StoredEvidence.Entry::number).containsExactly(0, 2);
    assertThat(evidence.sealed()).isTrue();
  }

  /** Any code can write there: to read millions of lines takes memory and time of the start. */
  @Test
  void read_moreLinesThanAnAgentWrites_leavesOutTheRest() throws IOException {
    OutputStream file = disk();
    try (SpoolIndexWriter index = new SpoolIndexWriter(file)) {
      index.begin(id(), id(), id());
      index.artifact(entry(0));
      file.write("x\n".repeat(100_000).getBytes(StandardCharsets.US_ASCII));
      index.artifact(entry(1));
      index.sealed();
    }

    StoredEvidence evidence = SpoolIndex.read(folder, null);

    assertThat(evidence).isNotNull();
    assertThat(evidence.entries()).extracting(StoredEvidence.Entry::number).containsExactly(0);
    assertThat(evidence.sealed()).isFalse();
  }

  /** Takes ten bytes of each write while it is full. */
  private OutputStream disk() throws IOException {
    return new FilterOutputStream(Files.newOutputStream(folder.resolve(SpoolIndex.FILE))) {
      @Override
      public void write(byte[] bytes) throws IOException {
        out.write(bytes, 0, full ? 10 : bytes.length);
        if (full) {
          throw new IOException("No space left on device");
        }
      }
    };
  }

  private StoredEvidence.Entry entry(int number) throws IOException {
    Files.write(folder.resolve(SpoolIndex.fileName(number)), CONTENT);
    return new StoredEvidence.Entry(
        number,
        new Artifact(
            new ArtifactName("artifact-" + number),
            CONTENT.length,
            Digest.of(CONTENT),
            "application/octet-stream"),
        false);
  }

  private static Id id() {
    return Id.next(InstantSource.system());
  }
}
