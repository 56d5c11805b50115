package whorl.agent.capture.coordinate;

import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.agent.capture.AcquisitionLog;
import whorl.agent.capture.ArtifactSource;
import whorl.agent.capture.ArtifactSource.Moment;
import whorl.agent.capture.CaptureContext;
import whorl.agent.capture.EvidenceSink;
import whorl.agent.capture.Reason;
import whorl.agent.capture.RedactedEvidence;
import whorl.agent.capture.coordinate.AlertReporter.Verdict;
import whorl.agent.redact.Redactor;
import whorl.agent.redact.stream.MaskedJson;
import whorl.evidence.Alert;
import whorl.evidence.Id;
import whorl.evidence.channel.AgentMessage.CaptureProgress;
import whorl.evidence.channel.CaptureState;

/**
 * The steps of one capture: freeze state that is soon gone, collect it, await the collector's
 * verdict (for an alert), collect what is expensive and soon gone, collect the recording {@code
 * capture.after} after the alert, seal everything. Used only by the capture thread.
 */
public final class CaptureProcedure {
  private static final Logger logger = LoggerFactory.getLogger(CaptureProcedure.class);
  private static final long VERDICT_WAIT_MILLIS = 2_000;
  private static final int VERDICTS_MAX = 5;

  /** Always captured, even if not requested. */
  static final String EVENTS = "events";

  private final List<ArtifactSource> sources;
  private final EvidenceSink sink;
  private final CaptureSealer captureSealer;
  private final MaskedJson json;
  private final AlertReporter alertReporter;
  private final CaptureObserver observer;
  private final SourceRunner runner;
  private final InstantSource clock;

  /**
   * @param sources in the order in which they run; those of {@link Moment#AT_ONCE} first
   * @param redactor masks the secrets of everything that is captured
   * @param threads makes the threads that sources run on, which no hook may observe
   */
  public CaptureProcedure(
      List<ArtifactSource> sources,
      EvidenceSink sink,
      CaptureSealer captureSealer,
      Redactor redactor,
      AlertReporter alertReporter,
      CaptureObserver observer,
      ThreadFactory threads,
      InstantSource clock) {
    this.sources = List.copyOf(sources);
    this.sink = new RedactedEvidence(sink, redactor);
    this.json = new MaskedJson(redactor);
    this.captureSealer = captureSealer;
    this.alertReporter = alertReporter;
    this.observer = observer;
    this.runner = new SourceRunner(threads);
    this.clock = clock;
  }

  /**
   * Performs the capture and reports the outcome to the observer.
   *
   * @return false if the collector's verdict refused the capture
   * @throws InterruptedException if the thread was interrupted; this outcome is not reported
   */
  boolean perform(CaptureJob job) throws InterruptedException {
    CaptureContext context = job.context(Id.next(clock));
    EvidenceSink.Draft draft = null;
    boolean committed = false;
    try {
      draft = sink.begin(context.evidence(), context.capture());
      if (!seal(job, context, draft)) {
        return false;
      }
      long bytes = draft.bytes();
      draft.commit();
      committed = true;
      report(context, CaptureState.SHIPPING, bytes, null);
      return true;
    } catch (IOException | RuntimeException | Error e) {
      if (Thread.interrupted()) {
        throw new InterruptedException(Reason.of(e)); // it also closes the file being written
      }
      logger.warn("capture {} failed: {}", context.capture(), Reason.of(e));
      report(context, CaptureState.FAILED, 0, Reason.of(e));
      return true;
    } finally {
      job.end();
      sources.forEach(ArtifactSource::forget);
      if (draft != null && !committed) {
        draft.abandon();
      }
    }
  }

  /** Returns true if sealed; false if the capture was refused. */
  private boolean seal(CaptureJob job, CaptureContext context, EvidenceSink.Draft draft)
      throws IOException, InterruptedException {
    AcquisitionLog log = new AcquisitionLog(clock);
    Instant startedAt = clock.instant();
    CompletionStage<Verdict> pendingVerdict = job.verdict();
    if (pendingVerdict == null) {
      report(context, CaptureState.RUNNING, 0, null);
      draft.shipEarly();
    } else {
      pendingVerdict.thenAccept(
          verdict -> {
            if (verdict.full()) {
              draft.shipEarly();
            }
          });
    }
    freeze(context, log);
    collect(Moment.AT_ONCE, job, context, draft, log);
    if (pendingVerdict != null) {
      if (!isAllowed(job, context, pendingVerdict, log)) {
        return false;
      }
      report(context, CaptureState.RUNNING, 0, null);
      draft.shipEarly();
    }
    collect(Moment.WHEN_ALLOWED, job, context, draft, log);
    job.awaitAfter();
    collect(Moment.AFTER, job, context, draft, log);
    for (String kind : new TreeSet<>(context.kinds())) {
      if (sources.stream().noneMatch(source -> source.kind().equals(kind))) {
        log.missing(kind, "this agent does not bring it");
      }
    }
    CaptureSealer.CaptureAlerts alerts =
        new CaptureSealer.CaptureAlerts(
            CaptureSealer.CaptureAlerts.VERSION,
            context.alert(),
            job.joined(),
            job.joinedOmitted());
    captureSealer.seal(context, alerts, log, startedAt, draft, json);
    return true;
  }

  private void freeze(CaptureContext context, AcquisitionLog log) {
    for (ArtifactSource source : sources) {
      if (isWanted(source, context)) {
        try {
          source.freeze();
        } catch (RuntimeException | Error e) {
          log.missing(source.kind(), "could not be frozen: " + Reason.of(e));
        }
      }
    }
    log.add("froze what would be overwritten");
  }

  private void collect(
      Moment moment,
      CaptureJob job,
      CaptureContext context,
      EvidenceSink.Draft draft,
      AcquisitionLog log)
      throws IOException, InterruptedException {
    for (ArtifactSource source : sources) {
      if (source.moment(context) == moment && isWanted(source, context)) {
        runner.run(source, context, draft, log, job::leftNanos);
      }
    }
  }

  private static boolean isWanted(ArtifactSource source, CaptureContext context) {
    return source.kind().equals(EVENTS) || context.kinds().contains(source.kind());
  }

  /**
   * Waits for the verdict on the alert. If that is a refusal, queries verdicts for the alerts of
   * other rules that joined meanwhile.
   */
  private boolean isAllowed(
      CaptureJob job,
      CaptureContext context,
      CompletionStage<Verdict> pendingVerdict,
      AcquisitionLog log)
      throws InterruptedException {
    Set<String> rules = new HashSet<>();
    Alert alert = context.alert();
    CompletionStage<Verdict> pending = pendingVerdict;
    while (true) {
      Verdict verdict = await(pending, job.leftNanos());
      if (verdict.full()) {
        return true;
      }
      if (alert != null) {
        log.add("rule " + alert.rule() + ": no full capture: " + verdict.reason());
        rules.add(alert.rule());
      }
      alert = rules.size() < VERDICTS_MAX ? job.joinedOfOtherRule(rules) : null;
      if (alert == null) {
        logger.debug("capture {} refused: {}", context.capture(), verdict.reason());
        return false;
      }
      pending = alertReporter.raise(alert, context.capture());
    }
  }

  private static Verdict await(CompletionStage<Verdict> pendingVerdict, long leftNanos)
      throws InterruptedException {
    long waitNanos = Math.min(TimeUnit.MILLISECONDS.toNanos(VERDICT_WAIT_MILLIS), leftNanos / 2);
    try {
      return pendingVerdict.toCompletableFuture().get(Math.max(1, waitNanos), TimeUnit.NANOSECONDS);
    } catch (TimeoutException | ExecutionException unreachable) {
      // No verdict is no refusal: evidence comes first.
      return Verdict.FULL;
    }
  }

  private void report(
      CaptureContext context, CaptureState state, long of, @Nullable String reason) {
    observer.changed(
        new CaptureProgress(context.capture(), context.evidence(), state, 0, of, reason));
  }
}
