package whorl.lab.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.lab.cases.LabCase;
import whorl.lab.report.Results;
import whorl.lab.report.TerminalTable;
import whorl.lab.verdict.Observation;
import whorl.lab.verdict.Samples;
import whorl.lab.verdict.Verdict;

class CaseRunsTest {
  private static final Observation CLEAN =
      new Observation(null, List.of(), List.of(), List.of(), null, 3);
  private static final Observation BROKEN =
      new Observation("it did not start", List.of(), List.of(), List.of(), null, 0);

  @TempDir Path folder;
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

  @Test
  void run_severalJobs_areUnderWayAtOnce_andVerdictsAreInOrder() throws Exception {
    CountDownLatch both = new CountDownLatch(2);

    List<Verdict> verdicts =
        runs(
                one -> {
                  both.countDown();
                  both.await();
                  return CLEAN;
                })
            .run(List.of(one("a"), one("b")), 2, false);

    assertThat(verdicts).extracting(Verdict::name).containsExactly("a", "b");
    assertThat(verdicts).allMatch(Verdict::passed);
  }

  @Test
  void run_onceMore_runsOnlyWhatFailed_andTakesWhatComesThen() throws Exception {
    Map<String, AtomicInteger> times = new ConcurrentHashMap<>();
    CaseRuns runs =
        runs(
            one -> {
              int time =
                  times
                      .computeIfAbsent(one.which().name(), name -> new AtomicInteger())
                      .incrementAndGet();
              boolean fails = one.which().name().equals("never") || time == 1;
              return fails && !one.which().name().equals("always") ? BROKEN : CLEAN;
            });

    List<Verdict> verdicts = runs.run(List.of(one("always"), one("later"), one("never")), 1, true);

    assertThat(verdicts).extracting(Verdict::passed).containsExactly(true, true, false);
    assertThat(times).hasEntrySatisfying("always", count -> assertThat(count).hasValue(1));
    assertThat(times).hasEntrySatisfying("never", count -> assertThat(count).hasValue(2));
    assertThat(printed.toString(StandardCharsets.UTF_8).lines().filter(line -> line.contains("BROKEN")))
        .hasSize(3);
  }

  private CaseRuns runs(CaseRuns.Observer observer) {
    return new CaseRuns(
        observer,
        new Results(folder),
        new TerminalTable(new PrintStream(printed, true, StandardCharsets.UTF_8)));
  }

  private static CaseRuns.One one(String name) {
    LabCase any = Samples.workload("{}");
    return new CaseRuns.One(
        new LabCase(any.kind(), name, any.folder(), any.descriptor()), 17, Path.of("/jdk"));
  }
}
