package whorl.collector.receive.shared;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.receive.uploads.UploadMetadata;
import whorl.evidence.ArtifactName;
import whorl.evidence.Id;

class RestCacheTest {
  private static final int LARGE = 300 << 10;

  @TempDir Path folder;

  @Test
  void restOfTheRevisionBefore_isFoundOnce() throws Exception {
    try (RestCache cache = new RestCache(2)) {
      cache.put(row("a", 4, LARGE), List.of(spill(LARGE)));

      List<Spill> found = cache.take(row("a", 5, LARGE));
      assertThat(found).hasSize(1);
      assertThat(found.get(0).size()).isEqualTo(LARGE);
      found.get(0).close();
      assertThat(cache.take(row("a", 5, LARGE))).isNull();
    }
    assertThat(files()).isZero();
  }

  @Test
  void restThatAnotherCollectorChanged_isNotUsed() throws Exception {
    try (RestCache cache = new RestCache(2)) {
      cache.put(row("a", 4, LARGE), List.of(spill(LARGE)));
      assertThat(cache.take(row("a", 6, LARGE))).as("locked in between").isNull();
      cache.put(row("a", 6, LARGE), List.of(spill(LARGE)));
      assertThat(cache.take(row("a", 7, LARGE + 1))).as("of another size").isNull();
      assertThat(files()).isZero();
    }
  }

  @Test
  void oldest_isEvictedWithItsFile() throws Exception {
    RestCache cache = new RestCache(2);
    for (String id : List.of("a", "b", "c")) {
      cache.put(row(id, 1, LARGE), List.of(spill(LARGE)));
    }

    assertThat(files()).isEqualTo(2);
    assertThat(cache.take(row("a", 2, LARGE))).isNull();
    cache.close();
    assertThat(files()).isZero();
    cache.put(row("d", 1, LARGE), List.of(spill(LARGE)));
    assertThat(files()).as("after the end").isZero();
  }

  private long files() throws Exception {
    try (Stream<Path> files = Files.list(folder)) {
      return files.count();
    }
  }

  private Spill spill(int bytes) throws Exception {
    Spill spill = new Spill(folder);
    spill.write(ByteBuffer.allocate(bytes));
    return spill;
  }

  private static UploadRow row(String id, long revision, long rest) {
    Id any = new Id("agent-0001");
    return new UploadRow(
        id,
        new UploadMetadata(any, any, any, new ArtifactName("heap.bin"), "text/plain"),
        -1,
        false,
        rest,
        null,
        8 << 20,
        0,
        "",
        "",
        List.of(new Rest("3", rest)),
        revision,
        false);
  }
}
