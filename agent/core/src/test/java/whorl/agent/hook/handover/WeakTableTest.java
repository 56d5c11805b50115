package whorl.agent.hook.handover;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class WeakTableTest {
  /** Equal to all others: only identity distinguishes them. */
  private static final class Alike {
    @Override
    public boolean equals(Object other) {
      return other instanceof Alike;
    }

    @Override
    public int hashCode() {
      return 1;
    }
  }

  @Test
  void notes_areFoundByIdentity() {
    WeakTable<String> table = new WeakTable<>(4);
    Object key = new Alike();
    Object other = new Alike();
    assertThat(table.size()).isZero();

    table.put(key, "one");

    assertThat(table.get(key)).isEqualTo("one");
    assertThat(table.get(other)).isNull();
    assertThat(table.remove(other)).isNull();
    assertThat(table.size()).isOne();
    assertThat(table.remove(key)).isEqualTo("one");
    assertThat(table.remove(key)).isNull();
    assertThat(table.size()).isZero();
  }

  @Test
  void put_again_replaces() {
    WeakTable<String> table = new WeakTable<>(4);
    Object key = new Object();
    assertThat(table.put(key, "first")).isFalse();
    assertThat(table.put(key, "second")).isTrue();

    assertThat(table.remove(key)).isEqualTo("second");
    assertThat(table.size()).isZero();
    assertThat(table.lost()).isZero();
  }

  @Test
  void fullRow_evictsTheOldestAndCountsIt() {
    WeakTable<Integer> table = new WeakTable<>(0);
    List<Object> keys = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      keys.add(new Object());
      table.put(keys.get(i), i);
    }

    assertThat(table.lost()).isEqualTo(2);
    assertThat(table.get(keys.get(0))).isNull();
    assertThat(table.get(keys.get(1))).isNull();
    for (int i = 2; i < 10; i++) {
      assertThat(table.get(keys.get(i))).isEqualTo(i);
    }
  }

  @Test
  void notes_keepNothingAlive_andTheirSlotsAreReusedWithoutLoss() {
    WeakTable<Integer> table = new WeakTable<>(0);
    for (int i = 0; i < 8; i++) {
      table.put(new Object(), i);
    }
    WeakReference<Object> last = new WeakReference<>(new Object());
    Awaitility.await()
        .until(
            () -> {
              System.gc();
              return last.refersTo(null);
            });
    List<Object> keys = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      keys.add(new Object());
      table.put(keys.get(i), i);
    }

    assertThat(table.lost()).isZero();
    assertThat(keys).allMatch(key -> table.get(key) != null);
  }

  @Test
  void manyThreads_findTheirOwnNotes() throws Exception {
    WeakTable<Object> table = new WeakTable<>(11);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    List<Future<Integer>> wrong = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      wrong.add(
          threads.submit(
              () -> {
                int missed = 0;
                for (int n = 0; n < 100_000; n++) {
                  Object key = new Object();
                  table.put(key, key);
                  missed += table.remove(key) == key ? 0 : 1;
                }
                return missed;
              }));
    }
    int missed = 0;
    for (Future<Integer> result : wrong) {
      missed += result.get();
    }
    threads.shutdown();

    assertThat(missed).isEqualTo((int) table.lost());
    assertThat(table.size()).isZero();
  }

  @Test
  void tidy_removesNotesOfCollectedObjectsOnly() {
    WeakTable<String> table = new WeakTable<>(4);
    Object kept = new Object();
    table.put(kept, "kept");
    for (int i = 0; i < 20; i++) {
      table.put(new Object(), "gone");
    }

    Awaitility.await()
        .until(
            () -> {
              System.gc();
              table.tidy();
              return table.size() == 1;
            });
    assertThat(table.get(kept)).isEqualTo("kept");
  }
}
