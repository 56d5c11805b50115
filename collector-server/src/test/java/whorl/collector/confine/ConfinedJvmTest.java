package whorl.collector.confine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfinedJvmTest {
  private static final Duration LONG = Duration.ofMinutes(1);

  private final List<String> lines = new CopyOnWriteArrayList<>();
  private Path folder;
  private ConfinedJvm jvm;

  @BeforeEach
  void make(@TempDir Path temporary) throws IOException {
    folder = temporary.resolve("confined");
    jvm = new ConfinedJvm(folder, 1, Duration.ofMillis(10));
  }

  @AfterEach
  void close() {
    jvm.close();
  }

  private static ConfinedRun program(Duration limit, String... arguments) {
    return ConfinedRun.of(ConfinedProgram.class, List.of(arguments), 32 << 20, limit).quick();
  }

  @Test
  void run_work_passesLinesAndStatus() throws Exception {
    Outcome outcome = jvm.run(program(LONG, "say", "one", "tw\u00f6"), lines::add);

    assertThat(outcome).isEqualTo(new Outcome.Ended(0, ""));
    assertThat(lines).containsExactly("one", "tw\u00f6");
  }

  @Test
  void run_exception_givesAStatusAndPrintableErrors() throws Exception {
    Outcome outcome = jvm.run(program(LONG, "fail"), lines::add);

    assertThat(outcome)
        .isEqualTo(new Outcome.Ended(1, "java.lang.IllegalStateException: this can't be read?[2J"));
  }

  @Test
  void run_tooMuchHeap_endsAsOutOfMemory() throws Exception {
    assertThat(jvm.run(program(LONG, "hoard"), lines::add))
        .isInstanceOfSatisfying(
            Outcome.Ended.class,
            ended -> assertThat(ended.status()).isEqualTo(Outcome.Ended.OUT_OF_MEMORY));
  }

  /** Evidence whose reader found no room is read again; its words cannot pretend that. */
  @Test
  void run_fullDisk_isNoFaultOfTheInput() throws Exception {
    Outcome full = jvm.run(program(LONG, "fill"), lines::add);
    assertThat(full.foundNoRoom()).as(full.toString()).isTrue();
    assertThat(full.mayBeTriedAgain()).isTrue();

    Outcome pretended = jvm.run(program(LONG, "pretend"), lines::add);
    assertThat(pretended.foundNoRoom()).as(pretended.toString()).isFalse();
    assertThat(pretended.mayBeTriedAgain()).isFalse();
  }

  @Test
  void run_pastTheFirstPartOfItsTime_continuesIfAllowed() throws Exception {
    FirstPart first = new FirstPart(Duration.ofMillis(1), () -> true);

    assertThat(jvm.run(program(LONG, "say", "one"), lines::add, first))
        .isEqualTo(new Outcome.Ended(0, ""));
    assertThat(lines).containsExactly("one");
  }

  @Test
  void run_pastTheFirstPartOfItsTime_isKilledIfNotAllowed() throws Exception {
    FirstPart first = new FirstPart(Duration.ofMillis(1), () -> false);

    assertThat(jvm.run(program(LONG, "hang"), lines::add, first))
        .isEqualTo(new Outcome.TimedOut(first.time()));
  }

  @Test
  void run_pastItsTime_isKilled() throws Exception {
    Duration limit = Duration.ofSeconds(3);

    assertThat(jvm.run(program(limit, "hang"), lines::add)).isEqualTo(new Outcome.TimedOut(limit));

    long pid = Long.parseLong(lines.get(0).substring("hanging ".length()));
    await().until(() -> ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty());
  }

  @Test
  void run_tooMuchOutput_isKilled() throws Exception {
    assertThat(jvm.run(program(LONG, "flood").outputMax(100_000), lines::add))
        .isEqualTo(new Outcome.Flooded(100_000));
    assertThat(lines.size()).isLessThanOrEqualTo(100);
  }

  @Test
  void run_environment_isEmpty() throws Exception {
    jvm.run(program(LONG, "environment"), lines::add);

    assertThat(lines).isSubsetOf("LANG", "LC_ALL", "LC_CTYPE", "SystemRoot", "MALLOC_ARENA_MAX");
  }

  @Test
  void run_inBackground_hasLowPriority_andSaysNothingElse() throws Exception {
    assumeTrue(Files.exists(Path.of("/proc/thread-self/stat")), "not Linux");

    jvm.run(program(LONG, "priority"), lines::add);
    jvm.run(program(LONG, "priority").inBackground(), lines::add);

    assertThat(lines).hasSize(2);
    assertThat(Integer.parseInt(lines.get(0))).isLessThan(10);
    assertThat(lines.get(1)).isEqualTo("10");
  }

  @Test
  void run_filesItLeaves_areRemoved() throws Exception {
    jvm.run(program(LONG, "litter"), lines::add);

    assertThat(Path.of(lines.get(0)).startsWith(folder)).isTrue();
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void run_consumerThrows_endsItAndThrows() {
    assertThatThrownBy(
            () ->
                jvm.run(
                    program(LONG, "hang"),
                    line -> {
                      throw new IOException("not wanted");
                    }))
        .isInstanceOf(IOException.class)
        .hasMessage("not wanted");
  }

  @Test
  void run_whileAnotherRuns_isRefused_andCloseEndsTheOther() throws Exception {
    CompletableFuture<Outcome> first =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return jvm.run(program(LONG, "hang"), lines::add);
              } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    await().until(() -> !lines.isEmpty());

    assertThat(jvm.run(program(LONG, "say", "x"), lines::add)).isInstanceOf(Outcome.Refused.class);

    jvm.close();
    assertThat(first.get())
        .isInstanceOfSatisfying(Outcome.Ended.class, ended -> assertThat(ended.well()).isFalse());
  }

  @Test
  void open_filesOfAnEarlierRun_areRemoved() throws Exception {
    Path left = Files.createDirectories(folder.resolve("run123/x"));
    Files.writeString(left.resolve("file"), "left");

    new ConfinedJvm(folder, 1, LONG).close();

    assertThat(folder).doesNotExist();
  }
}
