package whorl.agent.capture.coordinate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import whorl.agent.capture.CaptureContext;
import whorl.agent.capture.Captures;
import whorl.evidence.Alert;
import whorl.evidence.channel.CaptureState;

/** Captures at the end of the JVM, and after interruptions by other code. */
class CaptureEndTest extends CoordinatorFixture {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @Test
  void close_runningCapture_takesItsRecordingNow() throws Exception {
    start("capture.after=10m");
    freezing.release(10);
    coordinator.onAlert(Captures.alert("a"));
    await().until(() -> executed.contains("threads"));

    assertThat(coordinator.close(Duration.ofSeconds(10), Duration.ofSeconds(10))).isTrue();

    assertThat(sink.committed).hasSize(1);
    assertThat(executed).containsExactly("threads", "recording");
    coordinator.onRequest(request());
    assertThat(reports.get(reports.size() - 1).reason()).isEqualTo("the JVM ends");
  }

  @Test
  void close_captureWithHeap_getsTheLongerLimit() throws Exception {
    closeDuringACapture("heap=always", "a");
  }

  @Test
  void close_outOfMemoryCapture_getsTheLongerLimit() throws Exception {
    closeDuringACapture("heap=off", CaptureContext.OUT_OF_MEMORY);
  }

  private void closeDuringACapture(String settings, String rule) throws Exception {
    start("capture.after=1ms," + settings);
    coordinator.onAlert(Captures.alert(rule));
    await().until(freezing::hasQueuedThreads);
    Thread releaser =
        new Thread(
            () -> {
              try {
                Thread.sleep(300);
                freezing.release();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    releaser.start();

    assertThat(coordinator.close(Duration.ofMillis(50), Duration.ofSeconds(20))).isTrue();

    assertThat(sink.committed).hasSize(1);
    releaser.join();
  }

  @Test
  void close_captureThatTakesTooLong_failsWithTheReason() throws Exception {
    start("capture.after=1ms");
    coordinator.onRequest(request());
    await().until(freezing::hasQueuedThreads);

    assertThat(coordinator.close(Duration.ofMillis(50), Duration.ofMillis(50))).isFalse();

    await().until(() -> states().contains(CaptureState.FAILED));
    assertThat(reports.get(1).reason()).isEqualTo("the JVM ended before it was sealed");
    await().until(() -> sink.abandoned.size() == 1);
  }

  @Test
  void interruptionByOthers_ofARunningCapture_performsItAgain() throws Exception {
    start("capture.after=1ms");
    coordinator.onAlert(Captures.alert("a"));
    await().until(freezing::hasQueuedThreads);

    captureThread().interrupt();
    await().until(() -> sink.abandoned.size() == 1);
    freezing.release(1_000);

    await().until(() -> sink.committed.size() == 1);
    assertThat(states()).doesNotContain(CaptureState.FAILED);
  }

  @Test
  void interruptionsWithoutEnd_failTheCaptureWithTheReason_andTheNextIsPerformed()
      throws Exception {
    start("capture.after=1ms");
    coordinator.onAlert(Captures.alert("a"));
    await()
        .until(
            () -> {
              captureThread().interrupt();
              return states().contains(CaptureState.FAILED);
            });
    assertThat(reports.get(reports.size() - 1).reason())
        .isEqualTo("its thread was interrupted again and again before it was sealed");

    freezing.release(1_000);
    coordinator.onRequest(request());
    await().until(() -> sink.committed.size() == 1);
  }

  @Test
  void end_afterAnInterruptionByOthers_waitsForTheLastCapture() throws Exception {
    start("capture.after=1ms");
    await().until(() -> captureThread().getState() == Thread.State.WAITING);
    captureThread().interrupt();
    freezing.release(1_000);

    endWithACapture();
  }

  @Test
  void end_afterItsThreadEnded_isContinuedByAnother() throws Exception {
    endsAtOnce = true;
    start("capture.after=1ms");
    captureThread().join();
    freezing.release(1_000);

    endWithACapture();
  }

  @Test
  void end_withoutAThreadAndNoneCanBeStarted_reportsTheAlertAndDoesNotWait() throws Exception {
    endsAtOnce = true;
    start("capture.after=1ms");
    captureThread().join();
    threadsAreUsedUp = true;
    long limitNanos = Duration.ofMinutes(10).toNanos();

    Alert last = Captures.alert("jvm.exit");
    assertThat(coordinator.end(last, true, false, System.nanoTime() + limitNanos)).isTrue();
    assertThat(raised).extracting(Raised::alert).containsExactly(last);
    assertThat(assertTimeoutPreemptively(LIMIT, () -> coordinator.awaitEnd(limitNanos))).isFalse();
    threadsAreUsedUp = false;
  }

  private void endWithACapture() throws InterruptedException {
    long limitNanos = Duration.ofSeconds(20).toNanos();
    long endNanos = System.nanoTime() + limitNanos;

    assertThat(coordinator.end(Captures.alert("jvm.exit"), true, false, endNanos)).isTrue();
    assertThat(coordinator.awaitEnd(limitNanos)).isTrue();

    assertThat(sink.committed).hasSize(1);
  }

  private Thread captureThread() {
    return captureThreads.get(captureThreads.size() - 1);
  }
}
