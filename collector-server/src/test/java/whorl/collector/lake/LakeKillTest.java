package whorl.collector.lake;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.store.objects.ObjectStore;
import whorl.collector.testkit.Faults;
import whorl.collector.testkit.FaultyDatabase;
import whorl.collector.testkit.Sizes;
import whorl.evidence.Id;

/**
 * A collector is killed at each call that changes the object store or the records, while it
 * replaces one piece of evidence in the lake and removes another; then another collector goes on.
 * Every third call is tried unless {@link Sizes} are full.
 */
@Timeout(300)
class LakeKillTest {
  private static final int CALLS_MAX = 100;

  @TempDir Path root;
  private LakeRig lake;
  private LakeRig.Collector survivor;
  private Id replaced;
  private Id removed;
  private Map<String, Long> expected;

  @BeforeEach
  void open() throws Exception {
    lake = new LakeRig(root);
    survivor = lake.collector("survivor");
    replaced = lake.evidence("shop", 10);
    removed = lake.evidence("pay", 10);
    expected = Map.of(replaced.value(), lake.rig.index.status(replaced).rows());
  }

  @AfterEach
  void close() throws Exception {
    lake.close();
  }

  @Test
  void killedBeforeAnyCall_anotherCollectorEndsIt() throws Exception {
    int call = 1;
    while (call <= CALLS_MAX && dies(Faults.killedBefore(call))) {
      call += Sizes.step();
    }
    assertThat(call).isBetween(13, CALLS_MAX);
  }

  /** What is left is what the next call would have found: the other test covers it. */
  @Tag("long")
  @Test
  void killedAfterAnyChange_anotherCollectorEndsIt() throws Exception {
    int calls = 0;
    for (int call = 1; call <= CALLS_MAX; call++) {
      if (!dies(Faults.killedAfter(call))) {
        break;
      }
      calls++;
    }
    assertThat(calls).isBetween(12, CALLS_MAX - 1);
  }

  /** True if the collector was killed before it was done. */
  private boolean dies(Faults faults) throws Exception {
    survivor.ledger().want(replaced);
    survivor.ledger().want(removed);
    survivor.work().batch(survivor.table());
    assertThat(lake.rows()).hasSize(2);

    survivor.ledger().want(replaced);
    survivor.ledger().unwant(removed);
    try {
      LakeRig.Collector victim =
          lake.collector(
              "victim", new FaultyDatabase(lake.database, faults), mortal(lake.objects, faults));
      victim.work().batch(victim.table());
    } catch (IOException killed) {
      assertThat(faults.dead()).isTrue();
    }

    // its claims end
    lake.makeDue();
    survivor.work().batch(survivor.table());
    survivor.work().clean(survivor.table(), Duration.ZERO);
    assertThat(lake.rows()).isEqualTo(expected);
    assertThat(survivor.ledger().status().waiting()).isZero();
    assertThat(Set.copyOf(lake.stored())).isEqualTo(Set.copyOf(lake.files()));
    return faults.dead();
  }

  /** What writes or deletes is counted; Iceberg repeats for a minute what can't be read. */
  private static ObjectStore mortal(ObjectStore objects, Faults faults) {
    return (ObjectStore)
        Proxy.newProxyInstance(
            ObjectStore.class.getClassLoader(),
            new Class<?>[] {ObjectStore.class},
            (proxy, method, arguments) -> {
              if (!method.getName().equals("put") && !method.getName().equals("delete")) {
                return invoke(objects, method, arguments);
              }
              return faults.call(method.getName(), () -> invoke(objects, method, arguments));
            });
  }

  private static Object invoke(ObjectStore objects, Method method, Object[] arguments)
      throws IOException {
    try {
      return method.invoke(objects, arguments);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof IOException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }
}
