package whorl.agent;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.slf4j.LoggerFactory;
import whorl.agent.capture.CaptureCoordinator;
import whorl.agent.capture.CaptureProcedure;
import whorl.agent.capture.CaptureReports;
import whorl.agent.capture.CaptureSources;
import whorl.agent.capture.Sealer;
import whorl.agent.capture.UnkeptEvidence;
import whorl.agent.config.AgentConfig;
import whorl.agent.event.EventSink;
import whorl.evidence.Alert;
import whorl.evidence.CollectorMessage.AlertVerdict;
import whorl.evidence.Id;
import whorl.evidence.Level;

/**
 * Once, some seconds after the start: an alert that nobody hears of, and a capture that nobody
 * keeps. A first capture loads some 800 classes; when it is memory for classes that ran out, they
 * must be there already. It costs about a second of one processor, so it is done only where that
 * memory has a limit.
 */
final class CaptureRehearsal implements Runnable {
  private static final long AFTER_MILLIS = 5_000;
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final AgentConfig config;
  private final CaptureSources sources;
  private final SpooledEvidence spooled;
  private final Sealer sealer;
  private final EventSink sink;
  private final InstantSource clock = InstantSource.system();

  CaptureRehearsal(
      AgentConfig config,
      CaptureSources sources,
      SpooledEvidence spooled,
      Sealer sealer,
      EventSink sink) {
    this.config = config;
    this.sources = sources;
    this.spooled = spooled;
    this.sealer = sealer;
    this.sink = sink;
  }

  @Override
  public void run() {
    AgentThreads threads = new AgentThreads("rehearsal");
    try {
      Thread.sleep(AFTER_MILLIS);
      AlertDesk desk =
          new AlertDesk(
              raised ->
                  CompletableFuture.completedFuture(
                      new AlertVerdict(raised.alert().id(), true, "a rehearsal")),
              sink);
      CaptureReports reports = new CaptureReports(progress -> {});
      CaptureProcedure procedure =
          new CaptureProcedure(
              sources.rehearsal(clock),
              new UnkeptEvidence(spooled),
              sealer,
              desk,
              reports,
              threads,
              clock);
      CaptureCoordinator captures =
          new CaptureCoordinator(
              config, procedure, desk, reports, threads, clock, System::nanoTime);
      Thread alerts = desk.start(captures::onAlert, threads);
      captures.onAlert(alert());
      captures.start();
      captures.close(LIMIT, LIMIT);
      alerts.interrupt();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      LoggerFactory.getLogger(CaptureRehearsal.class).warn("the rehearsal of a capture failed", e);
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
        List.of(),
        Map.of(),
        null,
        List.of());
  }
}
