package whorl.agent.capture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import whorl.agent.capture.coordinate.EventsSource;
import whorl.agent.capture.jvm.DiagnosticCommands;
import whorl.agent.capture.jvm.HistogramSource;
import whorl.agent.capture.stream.RecordingSource;
import whorl.agent.recording.RecordingWindow;
import whorl.agent.redact.jfr.MaskedRecording;
import whorl.event.AgentEvent;
import whorl.event.EventType;
import whorl.event.RequestContext;
import whorl.evidence.ArtifactName;
import whorl.evidence.Json;

class RecordingAndEventsTest {
  private final RecordedOutput out = new RecordedOutput();
  private final List<AgentEvent> ring = new ArrayList<>();
  private final EventsSource events =
      new EventsSource(after -> ring.stream().filter(event -> event.sequence() > after).toList());

  @Test
  void events_evictedByAFlood_areIncludedAsWellAsLaterOnes() throws IOException {
    ring.addAll(List.of(event(1), event(2)));
    events.freeze();
    ring.clear();
    ring.addAll(List.of(event(2), event(5), event(6)));

    events.collect(Captures.context("recording"), out);

    assertThat(out.lines(ArtifactName.EVENTS))
        .extracting(line -> line.get("sequence").asInt())
        .containsExactly(1, 2, 5, 6);
    assertThat(out.log).contains("events: 2 at once, 2 until the end");
  }

  @Test
  void events_areWrittenLikeTheirLines() throws IOException {
    StackTraceElement[] stack = {
      new StackTraceElement("app", "shop", "1", "A", "b", "A.java", 1),
      new StackTraceElement("B", "<init>", null, -2)
    };
    RequestContext request = new RequestContext("k3x-1", "GET", "/a\"b", "10.0.0.7");
    long nanos = 1_700_000_000_123_456_789L;
    ring.add(AgentEvent.elsewhere(EventType.DNS_LOOKUP, 1, nanos, "é", stack, "x", List.of("1")));
    ring.add(
        AgentEvent.recorded(
            EventType.SOCKET_CONNECT, 2, nanos, null, null, request, null, "\ud800", 443, "tcp"));
    ring.add(
        AgentEvent.recorded(
            EventType.FILE_OPEN, 3, 0, "main", null, null, "/x\n", "read", true, false));
    ring.add(AgentEvent.recorded(EventType.PROCESS_EXIT, 4, 0, "main", null, null, 7L, 0));

    events.collect(Captures.context("recording"), out);

    assertThat(out.text(ArtifactName.EVENTS).lines())
        .containsExactlyElementsOf(ring.stream().map(AgentEvent::toLine).map(Json::text).toList());
  }

  @Test
  void events_released_areNotInTheNextCapture() throws IOException {
    ring.add(event(1));
    events.freeze();
    events.forget();
    ring.clear();

    events.collect(Captures.context("recording"), out);

    assertThat(out.text(ArtifactName.EVENTS)).isEmpty();
  }

  @Test
  void recording_running_isCopied() throws IOException {
    new RecordingSource(window(true)).collect(Captures.context("recording"), out);

    assertThat(out.text(ArtifactName.RECORDING)).isEqualTo("FLR");
  }

  @Test
  void recording_notRunning_reportsTheReason() throws IOException {
    new RecordingSource(window(false)).collect(Captures.context("recording"), out);

    assertThat(out.artifacts).isEmpty();
    assertThat(out.missing).containsEntry("recording.jfr", "nothing here is writable");
  }

  @Test
  void histogram_heapTooLarge_isSkippedUnlessForced() throws IOException {
    HistogramSource histogram =
        new HistogramSource(
            new DiagnosticCommands(Captures.CLOSED), () -> 64L << 30, Duration.ofSeconds(15));

    histogram.collect(Captures.context("histogram"), out);

    assertThat(out.missing.get("histogram.txt"))
        .isEqualTo(
            "the application could stand still for 128000 ms, more than 15000; ask for it with"
                + " force");
  }

  @Test
  void histogram_forAnAlert_isSkippedIfThePauseIsNoticeable() throws IOException {
    HistogramSource histogram =
        new HistogramSource(
            new DiagnosticCommands(Captures.CLOSED), () -> 64L << 20, Duration.ofSeconds(15));

    histogram.collect(Captures.context(Captures.alert("another")), out);

    assertThat(out.missing).isEmpty();
    assertThat(out.log)
        .containsExactly(
            "histogram.txt: left out: the application could stand still for 125 ms, more than 20;"
                + " ask for it");
  }

  @Test
  void histogram_forOutOfMemory_isTakenAtOnceWithTheLimitOfRequests() throws IOException {
    HistogramSource early =
        HistogramSource.ofOutOfMemory(
            new DiagnosticCommands(Captures.CLOSED), () -> 20L << 30, Duration.ofSeconds(15));
    HistogramSource usual =
        new HistogramSource(
            new DiagnosticCommands(Captures.CLOSED), () -> 2L << 30, Duration.ofSeconds(15));
    CaptureContext outOfMemory = Captures.context(Captures.alert(CaptureContext.OUT_OF_MEMORY));

    usual.collect(outOfMemory, out);
    early.collect(Captures.context(Captures.alert("another")), out);
    early.collect(Captures.context("histogram"), out);
    assertThat(out.missing).isEmpty();

    early.collect(outOfMemory, out);
    assertThat(out.missing.get("histogram.txt")).contains("40000 ms, more than 15000");
    assertThat(early.moment(outOfMemory)).isEqualTo(ArtifactSource.Moment.AT_ONCE);
  }

  @Test
  void acquisitionLog_hostileName_staysOneLine() {
    assertThat(AcquisitionLog.printable("a\n2026-01-01 forged\u2028\u0000\uD800"))
        .isEqualTo("a\uFFFD2026-01-01 forged\uFFFD\uFFFD\uFFFD");
    assertThat(AcquisitionLog.printable("x".repeat(9_999))).hasSize(2_001);
  }

  @Test
  void acquisitionLog_tooLong_isBounded() {
    AcquisitionLog log = new AcquisitionLog(Captures.CLOCK);
    for (int i = 0; i < 10_000; i++) {
      log.missing("x" + i, "y");
    }

    assertThat(log.lines())
        .hasSize(4_001)
        .last()
        .asString()
        .endsWith("6000 more lines were left out");
    assertThat(log.missing()).hasSize(500);
  }

  private static AgentEvent event(long sequence) {
    return AgentEvent.elsewhere(
        EventType.FILE_DELETE, sequence, 0, "main", new StackTraceElement[0], "/x");
  }

  private static RecordingWindow window(boolean running) {
    return new RecordingWindow() {
      @Override
      public boolean running() {
        return running;
      }

      @Override
      public String whyNot() {
        return running ? "" : "nothing here is writable";
      }

      @Override
      public MaskedRecording.Copied copyTo(OutputStream stream) throws IOException {
        stream.write(new byte[] {'F', 'L', 'R'});
        return new MaskedRecording.Copied(3, 0, 0);
      }
    };
  }
}
