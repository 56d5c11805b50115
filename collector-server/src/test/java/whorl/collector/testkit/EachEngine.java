package whorl.collector.testkit;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import whorl.collector.fleet.channel.ManualTime;
import whorl.collector.store.database.Database;
import whorl.collector.store.limits.LedgerTime;

/** A test that holds on each engine, with the records of two collectors and a manual clock. */
@ParameterizedClass
@EnumSource
public abstract class EachEngine {
  @Parameter protected TestDatabase.Engine engine;
  @TempDir protected Path folder;
  protected final ManualTime time = new ManualTime();
  protected final LedgerTime ledgerTime = LedgerTime.of(time);
  private TestDatabase data;

  /** The records as one collector sees them. */
  protected Database one;

  /** The same records as another collector sees them; on SQLite there is only one. */
  protected Database other;

  @BeforeEach
  void openBoth() throws IOException {
    data = TestDatabase.create(engine, folder);
    one = data.open();
    other = engine == TestDatabase.Engine.SQLITE ? one : data.open();
  }

  @AfterEach
  void closeBoth() throws IOException {
    data.close();
  }

  /** Calls {@code work} on many threads at the same moment and returns what they got. */
  public static <T> List<T> atOnce(List<Callable<T>> work) throws Exception {
    CyclicBarrier start = new CyclicBarrier(work.size());
    ExecutorService threads = Executors.newFixedThreadPool(work.size());
    try {
      List<Future<T>> running = new ArrayList<>();
      for (Callable<T> each : work) {
        running.add(
            threads.submit(
                () -> {
                  start.await();
                  return each.call();
                }));
      }
      List<T> results = new ArrayList<>();
      for (Future<T> each : running) {
        results.add(each.get());
      }
      return results;
    } finally {
      threads.shutdownNow();
    }
  }
}
