package whorl.collector.store.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
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
import whorl.collector.store.database.Database;
import whorl.collector.testkit.TestDatabase;
import whorl.evidence.Id;

@ParameterizedClass
@EnumSource
class JobLedgerTest {
  private static final String INDEX = "index";
  private static final Duration LENGTH = Duration.ofMinutes(1);
  private static final Id EVIDENCE = new Id("evidence-0001");

  @Parameter TestDatabase.Engine engine;
  @TempDir Path folder;
  private TestDatabase data;
  private Database database;
  private JobLedger one;
  private JobLedger two;

  @BeforeEach
  void open() throws IOException {
    data = TestDatabase.create(engine, folder);
    database = data.open();
    one = new JobLedger(database, "one");
    two = new JobLedger(database, "two");
  }

  @AfterEach
  void close() throws IOException {
    data.close();
  }

  @Test
  void job_isTakenByOneAtATime_andGoneWhenDone() throws IOException {
    one.add(INDEX, EVIDENCE, false, 10);

    Job taken = one.take(INDEX, LENGTH).orElseThrow();

    assertThat(taken.evidence()).isEqualTo(EVIDENCE);
    assertThat(taken.attempts()).isEqualTo(1);
    assertThat(two.take(INDEX, LENGTH)).isEmpty();
    assertThat(two.find(INDEX, EVIDENCE).orElseThrow().holder()).isEqualTo("one");
    assertThat(one.renew(taken, LENGTH, 0.5)).isTrue();
    assertThat(two.find(INDEX, EVIDENCE).orElseThrow().progress()).isEqualTo(0.5);
    assertThat(one.done(taken)).isTrue();
    assertThat(one.find(INDEX, EVIDENCE)).isEmpty();
    assertThat(one.count(INDEX)).isZero();
  }

  @Test
  void urgentJobsComeFirst_thenSmallOnes_andOtherKindsAreLeftAlone() throws IOException {
    one.add(INDEX, new Id("evidence-large"), false, 1_000);
    one.add(INDEX, new Id("evidence-small"), false, 10);
    one.add(INDEX, new Id("evidence-urgent"), true, 10_000);
    one.add("lake", new Id("evidence-other"), true, 1);

    List<String> order = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      order.add(one.take(INDEX, LENGTH).orElseThrow().evidence().value());
    }

    assertThat(order).containsExactly("evidence-urgent", "evidence-small", "evidence-large");
    assertThat(one.take(INDEX, LENGTH)).isEmpty();
    assertThat(one.count("lake")).isEqualTo(1);
  }

  @Test
  void oldest_isTakenWhateverItsSize_andUrgentOnesFirst() throws IOException {
    one.add(INDEX, new Id("evidence-old"), false, 1);
    one.add(INDEX, new Id("evidence-large"), true, 10_000);
    one.add(INDEX, new Id("evidence-small"), true, 10);
    int aged = database.update("UPDATE jobs SET added_millis = added_millis - 5 WHERE size <> 10");
    assertThat(aged).isEqualTo(2);

    assertThat(one.takeOldest(INDEX, LENGTH).orElseThrow().evidence())
        .isEqualTo(new Id("evidence-large"));
    assertThat(one.takeOldest(INDEX, LENGTH).orElseThrow().evidence())
        .isEqualTo(new Id("evidence-small"));
  }

  @Test
  void jobOfACollectorThatDied_goesToAnother_andTheFirstCannotEndIt() throws IOException {
    one.add(INDEX, EVIDENCE, false, 10);
    Job first = one.take(INDEX, LENGTH).orElseThrow();
    database.update("UPDATE jobs SET until_millis = 1");

    Job second = two.take(INDEX, LENGTH).orElseThrow();

    assertThat(second.attempts()).isEqualTo(2);
    assertThat(one.renew(first, LENGTH, 0)).isFalse();
    assertThat(one.done(first)).isFalse();
    assertThat(one.later(first, LENGTH, "slow", true)).isFalse();
    assertThat(two.done(second)).isTrue();
  }

  @Test
  void sameCollectorThatTookTheJobAgain_cannotEndItForItsFirstAttempt() throws IOException {
    one.add(INDEX, EVIDENCE, false, 10);
    Job first = one.take(INDEX, LENGTH).orElseThrow();
    database.update("UPDATE jobs SET until_millis = 1");
    Job second = one.take(INDEX, LENGTH).orElseThrow();

    assertThat(one.done(first)).isFalse();
    assertThat(one.done(second)).isTrue();
  }

  @Test
  void jobThatIsAddedWhileItRuns_isDoneOnceMore() throws IOException {
    one.add(INDEX, EVIDENCE, false, 10);
    Job taken = one.take(INDEX, LENGTH).orElseThrow();
    two.add(INDEX, EVIDENCE, true, 20);

    assertThat(two.take(INDEX, LENGTH)).isEmpty();
    assertThat(one.done(taken)).isTrue();

    Job again = two.take(INDEX, LENGTH).orElseThrow();
    assertThat(again.attempts()).isEqualTo(1);
    assertThat(two.done(again)).isTrue();
    assertThat(two.find(INDEX, EVIDENCE)).isEmpty();
  }

  @Test
  void jobThatIsAddedAfterItsHoldersTime_isDoneOnceMore_alsoIfTheHolderEndsItYet()
      throws IOException {
    one.add(INDEX, EVIDENCE, false, 10);
    Job taken = one.take(INDEX, LENGTH).orElseThrow();
    database.update("UPDATE jobs SET until_millis = 1");
    two.add(INDEX, EVIDENCE, true, 20);

    assertThat(one.done(taken)).isTrue();

    assertThat(two.take(INDEX, LENGTH)).isPresent();
  }

  @Test
  void jobThatFailed_isDueLater_andItsProblemIsSeen() throws IOException {
    one.add(INDEX, EVIDENCE, false, 10);
    Job taken = one.take(INDEX, LENGTH).orElseThrow();

    assertThat(one.later(taken, Duration.ofHours(1), "no room", true)).isTrue();

    assertThat(two.take(INDEX, LENGTH)).isEmpty();
    assertThat(two.find(INDEX, EVIDENCE).orElseThrow().problem()).isEqualTo("no room");
    database.update("UPDATE jobs SET due_millis = 1");
    Job second = two.take(INDEX, LENGTH).orElseThrow();
    assertThat(second.attempts()).isEqualTo(2);
    assertThat(two.later(second, Duration.ZERO, "busy", false)).isTrue();
    assertThat(two.take(INDEX, LENGTH).orElseThrow().attempts()).isEqualTo(2);
  }

  @Test
  void forgottenEvidence_hasNoJobs() throws IOException {
    one.add(INDEX, EVIDENCE, false, 10);
    Job taken = one.take(INDEX, LENGTH).orElseThrow();

    two.forget(EVIDENCE);

    assertThat(one.list(10)).isEmpty();
    assertThat(one.done(taken)).isFalse();
  }

  @Test
  void manyCollectors_takeEachJobOnce() throws Exception {
    int jobs = 60;
    for (int i = 0; i < jobs; i++) {
      one.add(INDEX, new Id("evidence-" + (1_000 + i)), false, i);
    }
    Map<Id, String> takenBy = new ConcurrentHashMap<>();
    List<Callable<Integer>> collectors = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      String name = "collector-" + i;
      JobLedger ledger = new JobLedger(data.open(), name);
      collectors.add(() -> takeAll(ledger, name, takenBy));
    }
    ExecutorService pool = Executors.newFixedThreadPool(collectors.size());
    int taken = 0;
    for (Future<Integer> each : pool.invokeAll(collectors)) {
      taken += each.get();
    }
    pool.shutdown();

    assertThat(taken).isEqualTo(jobs);
    assertThat(takenBy).hasSize(jobs);
  }

  private static int takeAll(JobLedger ledger, String name, Map<Id, String> takenBy)
      throws IOException {
    int taken = 0;
    for (Optional<Job> job = ledger.take(INDEX, LENGTH);
        job.isPresent();
        job = ledger.take(INDEX, LENGTH)) {
      assertThat(takenBy.put(job.get().evidence(), name)).isNull();
      taken++;
    }
    return taken;
  }
}
