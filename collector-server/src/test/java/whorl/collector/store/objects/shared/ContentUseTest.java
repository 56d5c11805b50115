package whorl.collector.store.objects.shared;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.store.database.Database;
import whorl.collector.testkit.TestDatabase;
import whorl.evidence.Digest;

class ContentUseTest {
  private static final int THREADS = 6;
  private static final int ROUNDS = 150;

  @TempDir Path folder;

  private final List<Digest> content =
      IntStream.range(0, 60)
          .mapToObj(i -> Digest.of(("c" + i).getBytes(StandardCharsets.UTF_8)))
          .toList();

  /** Evidence of one application has many classes in common, and collectors seal it at once. */
  @Test
  @Timeout(120)
  void contentOfManyPieces_isPinnedAndReleasedAtOnce_withoutADeadlock() throws Exception {
    try (TestDatabase data = TestDatabase.create(TestDatabase.Engine.POSTGRESQL, folder);
        Database database = data.open()) {
      ContentUse use = new ContentUse(database);
      ExecutorService threads = Executors.newFixedThreadPool(THREADS);
      try {
        List<Future<?>> all = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
          Random random = new Random(i);
          all.add(
              threads.submit(
                  () -> {
                    for (int round = 0; round < ROUNDS; round++) {
                      pinAndRelease(use, random);
                    }
                    return null;
                  }));
        }
        for (Future<?> each : all) {
          each.get(100, TimeUnit.SECONDS);
        }
      } finally {
        threads.shutdownNow();
      }

      assertThat(
              database.query(
                  "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()",
                  row -> row.getLong(1)))
          .containsExactly(0L);
      assertThat(database.query("SELECT 1 FROM content_use", row -> 1)).isEmpty();
    }
  }

  private void pinAndRelease(ContentUse use, Random random) throws Exception {
    List<Digest> some = new ArrayList<>(content);
    Collections.shuffle(some, random);
    List<Digest> pinned = some.subList(0, 30);
    use.pin(pinned);
    use.renew(pinned);
    Map<Digest, Integer> counts = new HashMap<>();
    pinned.forEach(each -> counts.put(each, 1));
    use.release(counts);
  }
}
