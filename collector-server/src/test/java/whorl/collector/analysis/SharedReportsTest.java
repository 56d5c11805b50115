package whorl.collector.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import whorl.collector.analysis.findings.Report;
import whorl.collector.store.access.Scope;
import whorl.collector.store.database.Database;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.store.disk.Disk;
import whorl.collector.store.jobs.JobLedger;
import whorl.collector.store.objects.FolderStore;
import whorl.collector.store.outage.Outage;
import whorl.collector.store.records.AgentLedger;
import whorl.collector.store.records.AlertLedger;
import whorl.collector.store.records.IndicatorLedger;
import whorl.collector.testkit.FakeTimeline;
import whorl.collector.testkit.MemoryObjects;
import whorl.collector.testkit.TestDatabase;
import whorl.collector.timeline.IndexStatus;
import whorl.collector.timeline.index.NotIndexedException;
import whorl.collector.timeline.index.TimelineIndex;
import whorl.evidence.Id;

/** Several collectors compute each report once, and all of them read it. */
@ParameterizedClass
@EnumSource
class SharedReportsTest {
  private static final Id EVIDENCE = new Id("evidence-00000001");
  private static final Duration SOON = Duration.ofSeconds(30);

  @Parameter TestDatabase.Engine engine;
  @TempDir Path folder;
  private final MemoryObjects objects = new MemoryObjects();
  private volatile String build = "a".repeat(64);
  private volatile boolean timelinesAway;
  private TestDatabase data;
  private Database database;
  private FolderStore store;
  private Rows rows;

  /** All evidence has a timeline, unless it cannot be seen. */
  private final class ReadyIndex implements TimelineIndex {
    @Override
    public IndexStatus status(Id evidence) {
      return timelinesAway ? IndexStatus.NONE : Evidences.READY;
    }

    @Override
    public void wanted(Id evidence) {}

    @Override
    public void changed(Id evidence) {}

    @Override
    public void onReady(Consumer<Id> listener) {}
  }

  /** One of the collectors. */
  private final class Collector implements AutoCloseable {
    final JobLedger jobs;
    final ReportWork work;
    final Reports reports;

    Collector(String name, FakeTimeline timeline) {
      jobs = new JobLedger(database, name);
      work = new ReportWork(jobs);
      reports =
          new Reports(
              timeline,
              new ReadyIndex(),
              store,
              new DataFolder(folder.resolve(name)),
              Disk.LOCAL,
              new IndicatorLedger(database),
              new AlertLedger(database),
              new AgentLedger(database),
              new Reports.Sharing(new SharedReports(objects, this::build), work));
    }

    private String build(Id evidence) throws IOException {
      if (timelinesAway) {
        throw new Away();
      }
      return build;
    }

    @Override
    public void close() throws InterruptedException {
      reports.close();
    }
  }

  @BeforeEach
  void open() throws IOException {
    data = TestDatabase.create(engine, folder);
    database = data.open();
    store = FolderStore.open(new DataFolder(folder.resolve("store")), Disk.LOCAL);
    rows = new Rows(EVIDENCE);
    rows.of("r1", "whorl.ProcessStart", "command", "/bin/sh -c id", "pid", 7);
    rows.request("r1", "GET", "/x", "", "203.0.113.7", 200);
    store.commit(Evidences.of(EVIDENCE, new Id("agent-00000001"), null, List.of()));
  }

  @AfterEach
  void close() throws IOException {
    if (database != null) {
      data.close();
    }
  }

  private List<String> keys() {
    return objects.objects.keySet().stream().filter(key -> key.contains("findings-")).toList();
  }

  @Test
  void reportIsComputedByOne_andReadByTheOther() throws Exception {
    try (Collector computing = new Collector("one", rows.timeline);
        // a timeline without rows fails when it is read
        Collector reading = new Collector("two", new FakeTimeline())) {
      computing.reports.start();
      reading.reports.indexed(EVIDENCE);

      await()
          .atMost(SOON)
          .untilAsserted(() -> assertThat(computing.jobs.count(ReportWork.KIND)).isZero());
      Report report = reading.reports.of(Scope.EVERYTHING, EVIDENCE);

      assertThat(report.findings()).isNotEmpty();
      assertThat(computing.reports.of(Scope.EVERYTHING, EVIDENCE)).isEqualTo(report);
      assertThat(keys()).hasSize(1);
    }
  }

  @Test
  void reportThatIsAskedFor_andMissing_isComputedMeanwhile() throws Exception {
    try (Collector computing = new Collector("one", rows.timeline);
        Collector reading = new Collector("two", new FakeTimeline())) {
      computing.reports.start();

      assertThat(reading.reports.of(Scope.EVERYTHING, EVIDENCE)).isNotNull();
    }
  }

  @Test
  void timelineThatIsMadeAnew_isAnalysedAgain_andTheEarlierReportGoes() throws Exception {
    try (Collector one = new Collector("one", rows.timeline)) {
      one.reports.start();
      assertThat(one.reports.of(Scope.EVERYTHING, EVIDENCE)).isNotNull();
      List<String> before = keys();

      build = "b".repeat(64);
      assertThat(one.reports.of(Scope.EVERYTHING, EVIDENCE)).isNotNull();

      assertThat(keys()).hasSize(1).doesNotContainAnyElementsOf(before);
    }
  }

  /** Its agent came back while the report about what had arrived was computed. */
  @Test
  void timelineThatIsMadeAnewMeanwhile_isAnalysedToo() throws Exception {
    try (Collector one = new Collector("one", rows.timeline)) {
      String anew = "b".repeat(64);
      one.reports.setListener(
          (record, report) -> {
            if (!build.equals(anew)) {
              build = anew;
              one.reports.indexed(EVIDENCE);
            }
          });
      one.reports.indexed(EVIDENCE);
      one.reports.start();

      await()
          .atMost(SOON)
          .untilAsserted(() -> assertThat(one.jobs.count(ReportWork.KIND)).isZero());
      assertThat(keys()).singleElement().asString().contains(anew);
    }
  }

  /** Else an agent that sends more all the time would keep findings from everybody. */
  @Test
  void partialEvidenceThatGrowsWhileItsRowsAreRead_hasAReportMeanwhile() throws Exception {
    Rows part = new Rows(Rows.EVIDENCE);
    part.request("r1", "GET", "/x", "", "203.0.113.7", 200);
    store.commit(Evidences.partial("the agent was gone"));
    AtomicInteger refused = new AtomicInteger();
    part.timeline.onRead(
        () -> store.commit(Evidences.partial("refused: " + refused.incrementAndGet())));
    try (Collector one = new Collector("one", part.timeline)) {
      one.reports.indexed(Rows.EVIDENCE);
      one.reports.start();

      assertThat(one.reports.of(Scope.EVERYTHING, Rows.EVIDENCE)).isNotNull();
      assertThat(refused).hasPositiveValue();
    }
  }

  @Test
  void reportThatFails_isTriedThreeTimes_saysWhy_andAnotherCollectorMayHaveIt() throws Exception {
    try (Collector failing = new Collector("one", rows.timeline);
        Collector other = new Collector("two", rows.timeline)) {
      failing.reports.indexed(EVIDENCE);
      for (int i = 1; i <= ReportWork.TRIES_MAX; i++) {
        database.update("UPDATE jobs SET due_millis = 0");
        assertThat(
                failing.work.step(
                    evidence -> {
                      throw new IOException("no memory");
                    }))
            .isTrue();
      }

      assertThatThrownBy(() -> other.reports.of(Scope.EVERYTHING, EVIDENCE))
          .isInstanceOfSatisfying(
              NotIndexedException.class,
              failed -> {
                assertThat(failed.status().state()).isEqualTo(IndexStatus.State.FAILED);
                assertThat(failed.status().problem()).contains("no memory");
              });
      assertThat(failing.jobs.list(10)).hasSize(1);

      database.update("UPDATE jobs SET due_millis = 0");
      assertThat(other.work.step(evidence -> {})).as("only waits for a day").isTrue();
      database.update("UPDATE jobs SET due_millis = 0");
      other.reports.start();
      await()
          .atMost(SOON)
          .untilAsserted(() -> assertThat(other.jobs.count(ReportWork.KIND)).isZero());
      assertThat(other.reports.of(Scope.EVERYTHING, EVIDENCE)).isNotNull();
    }
  }

  /** Else an object store that is away for two minutes would cost a day for all that waits. */
  @Test
  void outage_isNoTryOfTheReport() throws Exception {
    try (Collector one = new Collector("one", rows.timeline)) {
      one.reports.indexed(EVIDENCE);
      for (int i = 0; i <= ReportWork.TRIES_MAX; i++) {
        database.update("UPDATE jobs SET due_millis = 0");
        boolean goesOn =
            one.work.step(
                evidence -> {
                  throw new Away();
                });
        assertThat(goesOn).as("others would fail, too").isFalse();
      }
      assertThat(one.work.find(EVIDENCE).attempts()).isZero();
      database.update("UPDATE jobs SET due_millis = 0");

      one.reports.start();

      await()
          .atMost(SOON)
          .untilAsserted(() -> assertThat(one.jobs.count(ReportWork.KIND)).isZero());
      assertThat(keys()).hasSize(1);
    }
  }

  @Test
  void timelineThatCannotBeSeen_leavesTheWork() throws Exception {
    try (Collector one = new Collector("one", rows.timeline)) {
      timelinesAway = true;
      one.reports.indexed(EVIDENCE);
      one.reports.start();

      await()
          .atMost(SOON)
          .untilAsserted(() -> assertThat(one.work.find(EVIDENCE).problem()).contains("Away"));

      timelinesAway = false;
      database.update("UPDATE jobs SET due_millis = 0");
      await()
          .atMost(SOON)
          .untilAsserted(() -> assertThat(one.jobs.count(ReportWork.KIND)).isZero());
      assertThat(keys()).hasSize(1);
    }
  }

  @Test
  void workThatTheRecordsDoNotTake_isAddedWhenTheyAnswer() throws Exception {
    AtomicBoolean away = new AtomicBoolean(true);
    Database mayBeAway =
        (Database)
            Proxy.newProxyInstance(
                Database.class.getClassLoader(),
                new Class<?>[] {Database.class},
                (proxy, method, arguments) -> {
                  if (away.get() && method.getName().equals("update")) {
                    throw new Away();
                  }
                  return method.invoke(database, arguments);
                });
    List<Id> computed = new ArrayList<>();
    try (ReportWork work = new ReportWork(new JobLedger(mayBeAway, "one"))) {
      assertThatThrownBy(() -> work.addAnew(EVIDENCE)).isInstanceOf(IOException.class);
      away.set(false);

      assertThat(work.step(computed::add)).isTrue();

      assertThat(computed).containsExactly(EVIDENCE);
    }
  }

  private static final class Away extends IOException implements Outage {
    private static final long serialVersionUID = 1;

    @Override
    public String unusable() {
      return "the object store";
    }
  }

  @Test
  void collectorThatDiesMeanwhile_leavesTheReportToAnother() throws Exception {
    try (Collector one = new Collector("one", rows.timeline)) {
      JobLedger dead = new JobLedger(database, "dead");
      one.reports.indexed(EVIDENCE);
      assertThat(dead.take(ReportWork.KIND, Duration.ofMinutes(1))).isPresent();
      one.reports.start();
      database.update("UPDATE jobs SET until_millis = 0"); // as after a minute

      assertThat(one.reports.of(Scope.EVERYTHING, EVIDENCE)).isNotNull();
    }
  }

  @Test
  void workOfAnotherVersion_isLeftToIt() throws Exception {
    try (Collector one = new Collector("one", rows.timeline)) {
      one.jobs.add("findings-999", EVIDENCE, true, 1);

      assertThat(one.work.step(evidence -> {})).isFalse();

      assertThat(one.jobs.count("findings-999")).isEqualTo(1);
      assertThat(one.work.find(EVIDENCE)).isNull();
    }
  }

  @Test
  void evidencePurgedMeanwhile_leavesNoReport() throws Exception {
    try (Collector one = new Collector("one", rows.timeline)) {
      SharedReports stored = new SharedReports(objects, evidence -> build);
      one.reports.start();
      assertThat(one.reports.of(Scope.EVERYTHING, EVIDENCE)).isNotNull();

      stored.remove(EVIDENCE);
      one.reports.forget(EVIDENCE);

      assertThat(keys()).isEmpty();
      assertThat(new IndicatorLedger(database).knows(EVIDENCE)).isFalse();
    }
  }
}
