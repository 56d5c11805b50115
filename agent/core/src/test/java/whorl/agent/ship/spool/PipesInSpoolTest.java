package whorl.agent.ship.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import whorl.agent.ship.Samples;
import whorl.evidence.Id;

/**
 * What code in an earlier JVM of this user left in the folder: a pipe in place of a file. Whoever
 * opens it waits for its other end, and the next agent would never start.
 */
@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PipesInSpoolTest {
  private static final Id LATER = new Id("agent-of-the-next-jvm");

  @TempDir Path folder;

  private Spool open(Id agent) throws IOException {
    return Spool.inFolder(folder, new SpoolOwner(agent, "shop", false), 1_000_000, () -> 1L << 40);
  }

  private static void put(Spool spool) throws IOException {
    Draft draft = spool.begin(Samples.id(), Samples.id());
    Samples.put(draft, "a.txt", Samples.bytes(1, 1_000));
    draft.commit();
  }

  /** The folder of the evidence of a JVM that died. */
  private Path left() throws IOException {
    try (Spool died = open(Samples.AGENT)) {
      put(died);
    }
    try (Stream<Path> found = Files.walk(folder)) {
      List<Path> indexes = found.filter(file -> file.endsWith(SpoolIndex.FILE)).toList();
      assertThat(indexes).hasSize(1);
      return indexes.get(0).getParent();
    }
  }

  private static void replaceByPipe(Path file) throws IOException, InterruptedException {
    Files.delete(file);
    assertThat(new ProcessBuilder("mkfifo", file.toString()).start().waitFor()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"../lock", "../workload", SpoolIndex.FILE, "000000"})
  void pipe_isNotOpened_andTheSpoolIsUsable(String name) throws Exception {
    replaceByPipe(left().resolve(name).normalize());

    try (Spool spool = open(LATER)) {
      assertThat(spool.holdNext()).isNull();
      put(spool);
      assertThat(spool.holdNext()).isNotNull();
    }
  }

  /** The thread that ships would stand still, and no further evidence would leave. */
  @Test
  void pipeInPlaceOfAnArtifactOfThisJvm_isNotOpened() throws Exception {
    try (Spool spool = open(Samples.AGENT)) {
      put(spool);
      try (Stream<Path> found = Files.walk(folder)) {
        replaceByPipe(found.filter(file -> file.endsWith("000000")).findFirst().orElseThrow());
      }
      StoredEvidence evidence = spool.holdNext();

      assertThatThrownBy(() -> evidence.spoolEntry().open(0))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("no regular file");
    }
  }

  @Test
  void evidenceBesideAPipe_isTakenOver() throws Exception {
    Path other = left().resolveSibling("another");
    Files.createDirectory(other);
    Files.createFile(other.resolve(SpoolIndex.FILE));
    replaceByPipe(other.resolve(SpoolIndex.FILE));

    try (Spool spool = open(LATER)) {
      assertThat(spool.holdNext()).isNotNull();
    }
  }
}
