package whorl.collector.store.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import whorl.collector.store.database.Leases.Lease;
import whorl.collector.testkit.TestDatabase;

@ParameterizedClass
@EnumSource
class LeasesTest {
  private static final Duration LONG = Duration.ofMinutes(1);

  @Parameter TestDatabase.Engine engine;
  @TempDir Path folder;
  private TestDatabase data;
  private Database database;
  private Leases one;
  private Leases two;

  @BeforeEach
  void open() throws IOException {
    data = TestDatabase.create(engine, folder);
    database = data.open();
    one = new Leases(database, "one");
    two = new Leases(database, "two");
  }

  @AfterEach
  void close() throws IOException {
    data.close();
  }

  private static Lease taken(Leases leases, Duration length) throws IOException {
    return leases.take("work", length).orElseThrow();
  }

  @Test
  void heldName_isRefusedToAll_untilItIsReleased() throws IOException {
    Lease lease = taken(one, LONG);
    assertThat(two.take("work", LONG)).isEmpty();
    assertThat(one.take("work", LONG)).isEmpty();
    assertThat(two.take("other work", LONG)).isPresent();
    assertThat(two.current("work")).contains(lease);

    one.release(lease);

    assertThat(two.current("work")).isEmpty();
    assertThat(taken(two, LONG).fencing()).isGreaterThan(lease.fencing());
    assertThat(one.holds(lease)).isFalse();
  }

  @Test
  void leaseThatEnded_isTakenByAnother_andTheFormerHolderCannotGoOn() throws Exception {
    Lease lease = taken(one, Duration.ofMillis(50));
    await().until(() -> !one.holds(lease));

    Lease next = taken(two, LONG);

    assertThat(next.fencing()).isGreaterThan(lease.fencing());
    assertThat(one.renew(lease, LONG)).isFalse();
    one.release(lease);
    assertThat(two.holds(next)).isTrue();
  }

  @Test
  void leaseThatEnded_andNobodyTook_goesOn() throws Exception {
    Lease lease = taken(one, Duration.ofMillis(20));
    await().until(() -> !one.holds(lease));
    assertThat(one.renew(lease, LONG)).isTrue();
    assertThat(one.holds(lease)).isTrue();
    assertThat(two.take("work", LONG)).isEmpty();
  }

  @Test
  void fencingNumber_growsAlsoAfterTheNameWasForgotten() throws Exception {
    Lease lease = taken(one, LONG);
    one.release(lease);
    assertThat(one.forget()).isEqualTo(1);
    Thread.sleep(2);
    assertThat(taken(one, LONG).fencing()).isGreaterThan(lease.fencing());
    assertThat(one.forget()).as("it is held").isZero();
  }

  @Test
  void manyThatTakeAtOnce_oneGetsIt() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      for (int round = 0; round < 5; round++) {
        String name = "round-" + round;
        List<Future<Optional<Lease>>> attempts = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
          Leases each = new Leases(database, "holder-" + i);
          attempts.add(threads.submit(() -> each.take(name, LONG)));
        }
        int got = 0;
        for (Future<Optional<Lease>> attempt : attempts) {
          got += attempt.get().isPresent() ? 1 : 0;
        }
        assertThat(got).isEqualTo(1);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void keptLease_isRenewed_andPassesOnWhenItsHolderCloses() throws Exception {
    Heard first = new Heard();
    Heard second = new Heard();
    Duration length = Duration.ofMillis(600);
    KeptLease kept = one.keep("work", length, first);
    await().until(() -> kept.lease() != null);
    try (KeptLease next = two.keep("work", length, second)) {
      await()
          .during(length.multipliedBy(2))
          .until(() -> kept.lease() != null && next.lease() == null);

      kept.close();

      assertThat(first.events).containsExactly("taken", "lost");
      await().until(() -> next.lease() != null);
    }
    assertThat(second.events).containsExactly("taken", "lost");
    assertThat(one.current("work")).isEmpty();
  }

  @Test
  void keptLease_thatIsTakenAway_saysSo() throws Exception {
    Heard heard = new Heard();
    try (KeptLease kept = one.keep("work", Duration.ofMillis(600), heard)) {
      await().until(() -> kept.lease() != null);
      database.update(
          "UPDATE leases SET holder = 'thief', fencing = fencing + 1,"
              + " until_millis = until_millis + 60000");
      await().untilAsserted(() -> assertThat(heard.events).containsExactly("taken", "lost"));
      assertThat(kept.lease()).isNull();
    }
  }

  @Test
  void keptLease_isLost_whenTheDatabaseIsAway() throws Exception {
    Heard heard = new Heard();
    try (KeptLease kept = one.keep("work", Duration.ofMillis(600), heard)) {
      await().until(() -> kept.lease() != null);
      database.update("ALTER TABLE leases RENAME TO leases_away");
      await().untilAsserted(() -> assertThat(heard.events).containsExactly("taken", "lost"));
      assertThat(kept.lease()).isNull();
      database.update("ALTER TABLE leases_away RENAME TO leases");
      await().until(() -> kept.lease() != null);
    }
  }

  private static final class Heard implements KeptLease.Listener {
    private final List<String> events = new CopyOnWriteArrayList<>();

    @Override
    public void taken(Lease lease) {
      events.add("taken");
    }

    @Override
    public void lost(Lease lease) {
      events.add("lost");
    }
  }
}
