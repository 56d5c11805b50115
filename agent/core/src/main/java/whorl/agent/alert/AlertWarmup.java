package whorl.agent.alert;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.slf4j.LoggerFactory;
import whorl.agent.capture.EvidenceSink;
import whorl.agent.capture.coordinate.CaptureCoordinator;
import whorl.agent.capture.coordinate.CaptureProcedure;
import whorl.agent.capture.coordinate.CaptureReports;
import whorl.agent.capture.coordinate.CaptureSealer;
import whorl.agent.config.AgentConfig;
import whorl.agent.event.EventSink;
import whorl.agent.redact.Redactor;
import whorl.agent.redact.stream.MaskedJson;
import whorl.agent.thread.AgentThreads;
import whorl.evidence.Alert;
import whorl.evidence.Id;
import whorl.evidence.Level;
import whorl.evidence.channel.AgentMessage;
import whorl.evidence.channel.CollectorMessage.AlertVerdict;

/**
 * Raises one alert soon after the start that is not sent and whose capture is refused. This loads
 * the classes, so that the alert for exhausted class memory can still be raised and sent. A whole
 * capture would need some 800 classes more; that memory is left to the application. So this runs
 * only where class memory has a limit.
 */
public final class AlertWarmup implements Runnable {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final AgentConfig config;
  private final EvidenceSink spooled;
  private final CaptureSealer captureSealer;
  private final EventSink sink;
  private final InstantSource clock = InstantSource.system();

  public AlertWarmup(
      AgentConfig config, EvidenceSink spooled, CaptureSealer captureSealer, EventSink sink) {
    this.config = config;
    this.spooled = spooled;
    this.captureSealer = captureSealer;
    this.sink = sink;
  }

  @Override
  public void run() {
    AgentThreads threads = new AgentThreads("rehearsal");
    try {
      AlertDispatcher dispatcher =
          new AlertDispatcher(this::refused, journal -> {}, sink, () -> {});
      CaptureReports reports = new CaptureReports(progress -> {});
      CaptureCoordinator captures =
          new CaptureCoordinator(
              config,
              new CaptureProcedure(
                  List.of(),
                  spooled,
                  captureSealer,
                  new Redactor(config.redactKeys()),
                  dispatcher,
                  reports,
                  threads,
                  clock),
              dispatcher,
              reports,
              threads,
              clock,
              System::nanoTime);
      Thread alerts = dispatcher.start(captures::onAlert, threads);
      captures.onAlert(alert());
      captures.start();
      captures.close(LIMIT, LIMIT);
      alerts.interrupt();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      LoggerFactory.getLogger(AlertWarmup.class).warn("the warm-up alert failed", e);
    }
  }

  private Alert alert() {
    return new Alert(
        Id.next(clock),
        "whorl",
        clock.instant(),
        "rehearsal",
        Level.INFORMATIONAL,
        "A rehearsal",
        null,
        List.of("attack.impact"),
        Map.of("message", "none"),
        "none",
        List.of("none"));
  }

  private CompletableFuture<AlertVerdict> refused(AgentMessage.AlertRaised raised) {
    byte[] unsent = new MaskedJson(new Redactor(config.redactKeys())).bytes(raised);
    return CompletableFuture.completedFuture(
        new AlertVerdict(raised.alert().id(), false, "a rehearsal of " + unsent.length + " bytes"));
  }
}
