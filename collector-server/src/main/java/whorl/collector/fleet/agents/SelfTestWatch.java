package whorl.collector.fleet.agents;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import whorl.collector.limit.Quota;
import whorl.collector.limit.Rates;
import whorl.collector.store.outage.OneByOne;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Alert;
import whorl.evidence.EventLine;
import whorl.evidence.channel.AgentMessage;

/**
 * Detects agents that are connected but blind, which an agent cannot report itself. Agents with
 * self-tests report every {@link #PERIOD_SECONDS} seconds; from older agents, which never report,
 * nothing is expected. Raises one alert for each agent and cause, until the tests pass again.
 *
 * <p>Whether tests pass is what an agent says, so the alerts are limited. One agent has at most
 * {@value #BLINDED_OF_AGENT} in an hour. In ten minutes, the agents of one identity or network have
 * {@value #BLINDED_OF_NEW} for new agents, which anybody with its token can make, and {@value
 * #BLINDED_OF_KNOWN} for agents that enrolled a key over an hour ago. One more alert counts the
 * rest. An alert that cannot be stored is raised again, until it can.
 */
public final class SelfTestWatch {
  /** How often agents must report. */
  static final int PERIOD_SECONDS = 2;

  /** The capability of agents that send self-test reports. */
  static final String CAPABILITY = "selfTest";

  /**
   * This many agents that stall within {@link #TOGETHER_NANOS} get an alert each; the rest share
   * one.
   */
  static final int SINGLE_ALERTS = 5;

  /** Alerts that an agent is blinded: of one agent in an hour. */
  static final int BLINDED_OF_AGENT = 4;

  /** The same of the new agents of one identity or network, in {@link #BLINDED_WINDOW}. */
  static final int BLINDED_OF_NEW = 20;

  /** The same of its agents that enrolled a key at least {@link #KNOWN_FOR} ago. */
  static final int BLINDED_OF_KNOWN = 200;

  private static final Duration KNOWN_FOR = Duration.ofHours(1);
  private static final Duration BLINDED_WINDOW = Duration.ofMinutes(10);
  private static final long TOGETHER_NANOS = Duration.ofSeconds(30).toNanos();
  private static final long STALLED_NANOS = Duration.ofSeconds(8).toNanos();
  private static final long REPORT_MISSING_NANOS = Duration.ofSeconds(9).toNanos();
  private static final long FIRST_REPORT_NANOS = Duration.ofSeconds(30).toNanos();

  /** A check that runs this late means that the collector itself stood still. */
  private static final long LATE_NANOS = Duration.ofSeconds(4).toNanos();

  private static final int JOURNAL_EVENTS = 256;

  /** So many alerts wait for records that do not answer; more than that are only counted. */
  private static final int UNSTORED_MAX = 1_000;

  private final Fleet fleet;
  private final Journals journals;
  private final SelfTestSink sink;
  private final InstantSource clock;
  private final LongSupplier nanos;
  private final Quota blindedOfNewAgent;
  private final Quota blindedOfKnownAgent;
  private final Quota blindedOfNew;
  private final Quota blindedOfKnown;
  private final AtomicInteger moreBlinded = new AtomicInteger();
  private final Queue<Due> unstored = new LinkedBlockingQueue<>(UNSTORED_MAX);

  /** Used only by {@link #check}, like all fields that follow. */
  private long lastCheckNanos;

  private long blindedWindowNanos;

  private long pausedUntilNanos;
  private long windowNanos;
  private int stalledInWindow;
  private int unreported;

  /**
   * An alert to be raised.
   *
   * @param agent null if it is about several
   */
  private record Due(Alert alert, @Nullable AgentIdentity agent, boolean capture) {}

  public SelfTestWatch(
      Fleet fleet, Journals journals, SelfTestSink sink, InstantSource clock, LongSupplier nanos) {
    this.fleet = fleet;
    this.journals = journals;
    this.sink = sink;
    this.clock = clock;
    this.nanos = nanos;
    this.blindedOfNewAgent = new Rates(BLINDED_OF_AGENT, Duration.ofHours(1), nanos);
    this.blindedOfKnownAgent = new Rates(BLINDED_OF_AGENT, Duration.ofHours(1), nanos);
    this.blindedOfNew = new Rates(BLINDED_OF_NEW, BLINDED_WINDOW, nanos);
    this.blindedOfKnown = new Rates(BLINDED_OF_KNOWN, BLINDED_WINDOW, nanos);
    this.lastCheckNanos = nanos.getAsLong();
    this.blindedWindowNanos = lastCheckNanos;
    this.pausedUntilNanos = lastCheckNanos;
    this.windowNanos = lastCheckNanos;
  }

  /** Processes a report of an agent. */
  public void reported(Connection connection, AgentMessage.SelfTest report) throws IOException {
    String stage = connection.selfTests().report(report, clock.instant(), nanos.getAsLong());
    if (stage != null) {
      blinded(connection, stage);
    }
  }

  /** Checks for agents that send nothing, or no reports; runs every second. */
  public void check() throws IOException {
    long now = nanos.getAsLong();
    if (now - lastCheckNanos > LATE_NANOS) {
      // Messages that arrived meanwhile are still unread.
      pausedUntilNanos = now + STALLED_NANOS;
    }
    lastCheckNanos = now;
    OneByOne checks = new OneByOne();
    for (Due due : List.copyOf(unstored)) {
      checks.run(due.alert().rule(), () -> raiseAgain(due));
    }
    checks.run("agents that stalled together", () -> raiseMoreStalled(now));
    checks.run("agents that were blinded", () -> raiseMoreBlinded(now));
    if (now - pausedUntilNanos >= 0) {
      for (Connection connection : fleet.connections()) {
        checks.run(connection.identity().id().value(), () -> check(connection, now));
      }
    }
    checks.end();
  }

  private void raiseMoreStalled(long now) throws IOException {
    if (now - windowNanos <= TOGETHER_NANOS) {
      return;
    }
    windowNanos = now;
    stalledInWindow = 0;
    int count = unreported;
    if (count > 0) {
      unreported = 0;
      raise(new Due(SelfTestAlerts.manyStalled(count, clock), null, false));
    }
  }

  private void check(Connection connection, long now) throws IOException {
    SelfTestState state = connection.selfTests();
    long silentNanos = connection.silentNanos(now);
    if (silentNanos <= STALLED_NANOS) {
      state.messageReceived();
    }
    if (!state.hasReported()) {
      if (connection.promisesSelfTests()
          && connection.ageNanos(now) > FIRST_REPORT_NANOS
          && silentNanos <= STALLED_NANOS
          && state.reportsMissing(clock.instant())) {
        blinded(connection, "report");
      }
    } else if (silentNanos > STALLED_NANOS) {
      if (state.stalled()) {
        stalled(connection);
      }
    } else {
      long seenNanos = now - silentNanos;
      if (state.missingNanos(now) > REPORT_MISSING_NANOS
          && seenNanos - state.reportedNanos() > Duration.ofSeconds(PERIOD_SECONDS).toNanos()
          && state.reportsMissing(clock.instant())) {
        blinded(connection, "report");
      }
    }
  }

  /** Raises the alert that counts those that had none of their own. */
  private void raiseMoreBlinded(long now) throws IOException {
    if (now - blindedWindowNanos <= BLINDED_WINDOW.toNanos()) {
      return;
    }
    blindedWindowNanos = now;
    int count = moreBlinded.getAndSet(0);
    if (count > 0) {
      raise(new Due(SelfTestAlerts.moreBlinded(count, clock), null, false));
    }
  }

  private void blinded(Connection connection, String stage) throws IOException {
    AgentIdentity agent = connection.identity();
    if (!mayAlert(agent)) {
      int unused = moreBlinded.incrementAndGet();
      return;
    }
    raise(new Due(SelfTestAlerts.blinded(agent, stage, clock), agent, true));
  }

  private void raise(Due due) throws IOException {
    boolean stored = false;
    try {
      store(due);
      stored = true;
    } finally {
      if (!stored && !unstored.offer(due)) {
        int unused = moreBlinded.incrementAndGet();
      }
    }
  }

  private void raiseAgain(Due due) throws IOException {
    store(due);
    unstored.remove(due);
  }

  private void store(Due due) throws IOException {
    AgentIdentity agent = due.agent();
    List<EventLine> journal =
        agent == null ? List.of() : journals.newest(agent.id(), JOURNAL_EVENTS);
    sink.failed(due.alert(), agent, journal, due.capture());
  }

  private boolean mayAlert(AgentIdentity agent) throws IOException {
    Instant enrolled = fleet.enrolledAt(agent.id());
    boolean isKnown = enrolled != null && !enrolled.isAfter(clock.instant().minus(KNOWN_FOR));
    String id = agent.id().value();
    String client = fleet.client(agent.id());
    // one known agent must not use up the others' share, and invented ones must not be remembered
    return isKnown
        ? blindedOfKnownAgent.take(id, 1) && blindedOfKnown.take(client, 1)
        : blindedOfNew.take(client, 1) && blindedOfNewAgent.take(id, 1);
  }

  private void stalled(Connection connection) throws IOException {
    if (++stalledInWindow > SINGLE_ALERTS) {
      unreported++;
      return;
    }
    AgentIdentity agent = connection.identity();
    raise(
        new Due(
            SelfTestAlerts.stalled(agent, connection.record().lastSeen(), clock), agent, false));
  }
}
