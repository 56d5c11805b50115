package whorl.agent.capture.coordinate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.agent.capture.AcquisitionLog;
import whorl.agent.capture.ArtifactSource;
import whorl.agent.capture.ArtifactSource.Moment;
import whorl.agent.capture.CaptureContext;
import whorl.agent.capture.Captures;
import whorl.agent.capture.EvidenceSink;
import whorl.agent.capture.FolderSink;
import whorl.evidence.Artifact;
import whorl.evidence.ArtifactName;
import whorl.evidence.Missing;

@Timeout(60)
class SourceRunnerTest {
  @TempDir Path folder;
  private final AcquisitionLog log = new AcquisitionLog(Captures.CLOCK);
  private final SourceRunner runner = new SourceRunner(Thread::new);
  private long leftNanos = Long.MAX_VALUE;
  private final CaptureContext context = Captures.context("threads");
  private EvidenceSink.Draft draft;

  @BeforeEach
  void begin() throws IOException {
    draft = new FolderSink(folder).begin(context.evidence(), context.capture());
  }

  @Test
  void run_source_writesItsArtifacts() throws Exception {
    run(Captures.source("x", Moment.AT_ONCE, (c, out) -> Captures.write(out, "x.txt", "here")));

    assertThat(draft.artifacts()).extracting(Artifact::name).containsExactly(name("x.txt"));
    assertThat(log.missing()).isEmpty();
  }

  @Test
  void run_sourceThatThrows_isReportedMissingWithTheReason() throws Exception {
    run(
        Captures.source(
            "x",
            Moment.AT_ONCE,
            (c, out) -> {
              throw new IOException("no /proc here");
            }));
    run(
        Captures.source(
            "y",
            Moment.AT_ONCE,
            (c, out) -> {
              throw new NoClassDefFoundError("java/lang/management/ThreadMXBean");
            }));

    assertThat(log.missing())
        .containsExactly(
            new Missing("x", "no /proc here"),
            new Missing(
                "y",
                "this Java image has no class java/lang/management/ThreadMXBean: add the module"
                    + " that has it"));
  }

  @Test
  void run_sourceWhoseFileIsGone_isReportedInASentence() throws Exception {
    Path recording = folder.resolve("2026_11_26.jfr");
    run(Captures.source("recording", Moment.AT_ONCE, (c, out) -> Files.newInputStream(recording)));

    assertThat(log.missing())
        .containsExactly(
            new Missing(
                "recording", recording + " does not exist, or was removed before it was read"));
  }

  @Test
  void run_sourceThatThrowsHalfway_keepsItsOutputAndReportsIt() throws Exception {
    run(
        Captures.source(
            "x",
            Moment.AT_ONCE,
            (c, out) -> {
              OutputStream stream = out.create(name("half.txt"), "text/plain");
              stream.write("half".getBytes(StandardCharsets.UTF_8));
              throw new IOException("gone");
            }));

    assertThat(draft.artifacts()).extracting(Artifact::size).containsExactly(4L);
    assertThat(log.missing())
        .containsExactly(new Missing("half.txt", "a read or write failed: gone"));
  }

  @Test
  void run_sourceThatWaits_isInterruptedAtItsDeadline() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    long start = System.nanoTime();

    run(Captures.source("x", Moment.AT_ONCE, (c, out) -> never.await()));

    assertThat(System.nanoTime() - start).isLessThan(5_000_000_000L);
    assertThat(log.missing()).containsExactly(new Missing("x", "cut at its deadline of 300 ms"));
  }

  @Test
  void run_sourceThatIgnoresInterruption_isAbandonedAndCannotWrite() throws Exception {
    CountDownLatch released = new CountDownLatch(1);
    CountDownLatch refused = new CountDownLatch(1);
    ArtifactSource stubborn =
        Captures.source(
            "stubborn",
            Moment.AT_ONCE,
            (c, out) -> {
              OutputStream stream = out.create(name("stubborn.txt"), "text/plain");
              stream.write(1);
              awaitIgnoringInterruption(released);
              try {
                stream.write(2);
              } catch (IOException e) {
                refused.countDown();
              }
            });

    run(stubborn);
    run(stubborn);
    run(Captures.source("y", Moment.AT_ONCE, (c, out) -> Captures.write(out, "y.txt", "here")));
    released.countDown();
    refused.await();

    assertThat(draft.artifacts()).extracting(Artifact::size).containsExactly(1L, 4L);
    assertThat(log.missing())
        .containsExactly(
            new Missing("stubborn.txt", "cut at its deadline of 300 ms"),
            new Missing("stubborn", "an earlier capture's attempt still hangs in the kernel"));
    assertThat(Files.size(folder.resolve(context.evidence().value()).resolve("stubborn.txt")))
        .isEqualTo(1);
    Awaitility.await()
        .untilAsserted(
            () -> {
              run(stubborn);
              assertThat(draft.artifacts()).extracting(Artifact::size).endsWith(2L);
            });
  }

  @Test
  void run_afterAnInterruption_doesNotRunBesideTheEarlierAttempt_whichCannotWrite()
      throws Exception {
    AtomicInteger attempts = new AtomicInteger();
    CountDownLatch began = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(1);
    CountDownLatch refused = new CountDownLatch(1);
    ArtifactSource stubborn =
        Captures.source(
            "stubborn",
            Moment.AT_ONCE,
            Duration.ofSeconds(60),
            (c, out) -> {
              attempts.incrementAndGet();
              began.countDown();
              awaitIgnoringInterruption(released);
              try {
                Captures.write(out, "x" + attempts.get() + ".txt", "here");
              } catch (IOException e) {
                refused.countDown();
              }
            });
    Thread capture = Thread.currentThread();
    Thread other =
        new Thread(
            () -> {
              awaitIgnoringInterruption(began);
              capture.interrupt();
            });
    other.start();

    assertThatThrownBy(() -> run(stubborn)).isInstanceOf(InterruptedException.class);
    other.join();
    run(stubborn);
    assertThat(attempts).hasValue(1);
    released.countDown();
    refused.await();

    Awaitility.await()
        .untilAsserted(
            () -> {
              run(stubborn);
              assertThat(draft.artifacts())
                  .extracting(Artifact::name)
                  .containsExactly(name("x2.txt"));
            });
  }

  @Test
  void run_threadThatEndsBeforeItBegins_costsThisSourceThisTime() throws Exception {
    AtomicBoolean noMemory = new AtomicBoolean(true);
    SourceRunner poor = new SourceRunner(work -> new Thread(noMemory.get() ? () -> {} : work));
    ArtifactSource source =
        Captures.source("x", Moment.AT_ONCE, (c, out) -> Captures.write(out, "x.txt", "here"));

    poor.run(source, context, draft, log, () -> leftNanos);
    assertThat(log.missing())
        .containsExactly(
            new Missing(
                "x",
                "there was no memory left for it (its thread could not begin): give the JVM more"
                    + " room"));
    noMemory.set(false);
    poor.run(source, context, draft, log, () -> leftNanos);

    assertThat(draft.artifacts()).extracting(Artifact::name).containsExactly(name("x.txt"));
  }

  @Test
  void run_sourceWhoseThreadsLockOthersHold_isNotWaitedFor() throws Exception {
    CountDownLatch held = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(1);
    ArtifactSource source =
        Captures.source(
            "x",
            Moment.AT_ONCE,
            (c, out) -> {
              Thread own = Thread.currentThread();
              new Thread(
                      () -> {
                        synchronized (own) {
                          held.countDown();
                          awaitIgnoringInterruption(released);
                        }
                      })
                  .start();
              held.await();
              Captures.write(out, "x.txt", "here");
            });
    try {
      assertTimeoutPreemptively(Duration.ofSeconds(20), () -> run(source));
    } finally {
      released.countDown();
    }

    assertThat(draft.artifacts()).extracting(Artifact::name).containsExactly(name("x.txt"));
    assertThat(log.missing()).isEmpty();
  }

  @Test
  void run_refusedBySpool_isReportedMissing() throws Exception {
    FolderSink sink = new FolderSink(folder);
    sink.refuses = "x.txt";
    draft = sink.begin(context.evidence(), context.capture());

    run(Captures.source("x", Moment.AT_ONCE, (c, out) -> Captures.write(out, "x.txt", "here")));

    assertThat(log.missing())
        .containsExactly(new Missing("x", "no room for x.txt; make the spool larger"));
  }

  @Test
  void run_whenTheJvmEnds_getsHalfOfTheRemainingTimeThenNone() throws Exception {
    leftNanos = 400_000_000L;
    run(
        Captures.source(
            "slow", Moment.AT_ONCE, (c, out) -> awaitIgnoringInterruption(new CountDownLatch(0))));
    assertThat(log.missing()).isEmpty();
    CountDownLatch never = new CountDownLatch(1);
    long startedNanos = System.nanoTime();
    run(
        Captures.source(
            "slower",
            Moment.AT_ONCE,
            (c, out) -> {
              never.await();
            }));
    assertThat(System.nanoTime() - startedNanos).isLessThan(4_000_000_000L);
    leftNanos = 0;
    run(Captures.source("late", Moment.AT_ONCE, (c, out) -> Captures.write(out, "l.txt", "l")));

    assertThat(log.missing())
        .containsExactly(
            new Missing("slower", "cut, since the JVM ends"),
            new Missing("late", "no time is left before the JVM ends"));
  }

  @Test
  void run_sourceThatIgnoresInterruptionWhenTheJvmEnds_leavesTimeForTheNext() throws Exception {
    long endNanos = System.nanoTime() + 600_000_000L;
    CountDownLatch released = new CountDownLatch(1);

    runner.run(
        Captures.source(
            "stubborn", Moment.AT_ONCE, (c, out) -> awaitIgnoringInterruption(released)),
        context,
        draft,
        log,
        () -> endNanos - System.nanoTime());
    boolean timeIsLeft = System.nanoTime() < endNanos;
    released.countDown();

    assertThat(timeIsLeft).isTrue();
    assertThat(log.missing()).containsExactly(new Missing("stubborn", "cut, since the JVM ends"));
  }

  private void run(ArtifactSource source) throws IOException, InterruptedException {
    runner.run(source, context, draft, log, () -> leftNanos);
  }

  private static void awaitIgnoringInterruption(CountDownLatch latch) {
    while (latch.getCount() > 0) {
      Thread.onSpinWait();
    }
  }

  private static ArtifactName name(String name) {
    return new ArtifactName(name);
  }
}
