package whorl.collector.sigma;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.http.request.ProblemException;
import whorl.collector.limit.Places;
import whorl.collector.store.rules.RuleTestLedger;
import whorl.collector.thread.OneAtATime;
import whorl.collector.timeline.Timeline;
import whorl.evidence.Id;
import whorl.evidence.Json;

/**
 * Runs tests of rules on evidence, one at a time on a thread of its own; a few more wait. Any
 * collector shows what another runs. Thread-safe.
 */
final class RuleTests implements AutoCloseable {
  /** How long one test may take, the wait for its turn included. */
  static final Duration TIME_LIMIT = Duration.ofSeconds(90);

  private static final Logger LOG = LoggerFactory.getLogger(RuleTests.class);
  private static final int WAITING_MAX = 8;

  /** Tests of one person that run or wait. */
  private static final int OF_PERSON_MAX = 2;

  /** A collector that runs or queues a test writes at the latest after its time is over. */
  private static final Duration LOST_AFTER = TIME_LIMIT.plusSeconds(30);

  private final RuleTestLedger ledger;
  private final Timeline timeline;
  private final InstantSource clock;
  private final ThreadPoolExecutor thread;
  private final Places ofPerson = new Places(OF_PERSON_MAX);
  private final LongAdder started = new LongAdder();
  private final LongAdder refused = new LongAdder();

  RuleTests(RuleTestLedger ledger, Timeline timeline, InstantSource clock) {
    this.ledger = ledger;
    this.timeline = timeline;
    this.clock = clock;
    this.thread = OneAtATime.named("whorl-rule-test", WAITING_MAX);
  }

  /**
   * Starts a test.
   *
   * @param owner who may read its result
   * @throws ProblemException 429 if too many of this person wait, 503 if too many of all
   */
  RuleTestView start(RuleTestRun.Order order, String owner) throws IOException {
    if (!ofPerson.enter(owner)) {
      refused.increment();
      throw new ProblemException(
          429,
          "too many tests",
          "you have " + OF_PERSON_MAX + " tests of rules that have not ended; wait for one",
          Map.of("Retry-After", "10"));
    }
    boolean waits = false;
    try {
      RuleTestView begun = started(order, owner);
      waits = true;
      return begun;
    } finally {
      if (!waits) {
        ofPerson.leave(owner);
      }
    }
  }

  private RuleTestView started(RuleTestRun.Order order, String owner) throws IOException {
    // what is refused must not push the results of others out of the ledger
    if (thread.getQueue().remainingCapacity() == 0) {
      throw full();
    }
    RuleTestRun run =
        new RuleTestRun(
            order,
            timeline,
            clock,
            view -> ledger.put(order.id(), clock.instant(), Json.text(view)));
    RuleTestView begun = run.begun();
    ledger.add(order.id(), owner, clock.instant(), Json.text(begun));
    try {
      thread.execute(
          () -> {
            try {
              run(run, order.id());
            } finally {
              ofPerson.leave(owner);
            }
          });
    } catch (RejectedExecutionException others) {
      ledger.put(order.id(), clock.instant(), Json.text(run.failed("too many tests wait")));
      throw full();
    }
    started.increment();
    return begun;
  }

  private ProblemException full() {
    refused.increment();
    return new ProblemException(
        503, "too busy", "too many tests of rules wait; try again", Map.of("Retry-After", "10"));
  }

  private void run(RuleTestRun run, Id test) {
    RuleTestView result;
    try {
      result = run.run();
    } catch (IOException | RuntimeException | StackOverflowError | OutOfMemoryError e) {
      LOG.warn("the test {} of a rule failed", test, e);
      result = run.failed("the evidence could not be read; the collector's log says why");
    }
    try {
      ledger.put(test, clock.instant(), Json.text(result));
    } catch (IOException e) {
      LOG.warn("the result of the test {} of a rule could not be kept", test, e);
    }
  }

  /** The test, if it is this person's; else null. */
  @Nullable RuleTestView find(Id test, String owner) throws IOException {
    RuleTestLedger.Stored stored = ledger.find(test);
    if (stored == null || !stored.owner().equals(owner)) {
      return null;
    }
    RuleTestView view;
    try {
      view = Json.LENIENT.readValue(stored.record(), RuleTestView.class);
    } catch (JsonProcessingException ofAnotherVersion) {
      return null;
    }
    boolean lost =
        view.state().equals(RuleTestView.RUNNING)
            && clock.instant().isAfter(stored.beat().plus(LOST_AFTER));
    return lost ? view.lost() : view;
  }

  /** Tests that were started here. */
  long started() {
    return started.sum();
  }

  /** Tests that were not started, because too many waited. */
  long refused() {
    return refused.sum();
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
