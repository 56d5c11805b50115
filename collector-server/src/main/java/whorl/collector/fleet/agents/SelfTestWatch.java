package whorl.collector.fleet.agents;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.LongSupplier;
import whorl.evidence.AgentIdentity;
import whorl.evidence.EventLine;
import whorl.evidence.channel.AgentMessage;

/**
 * Detects agents that are connected but blind, which an agent cannot report itself. Agents with
 * self-tests report every {@link #PERIOD_SECONDS} seconds; from older agents, which never report,
 * nothing is expected. Raises one alert for each agent and cause, until the tests pass again.
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

  private static final long TOGETHER_NANOS = Duration.ofSeconds(30).toNanos();
  private static final long STALLED_NANOS = Duration.ofSeconds(8).toNanos();
  private static final long REPORT_MISSING_NANOS = Duration.ofSeconds(9).toNanos();
  private static final long FIRST_REPORT_NANOS = Duration.ofSeconds(30).toNanos();

  /** A check that runs this late means that the collector itself stood still. */
  private static final long LATE_NANOS = Duration.ofSeconds(4).toNanos();

  private static final int JOURNAL_EVENTS = 256;

  private final Fleet fleet;
  private final Journals journals;
  private final SelfTestSink sink;
  private final InstantSource clock;
  private final LongSupplier nanos;

  /** Used only by {@link #check}, like all fields that follow. */
  private long lastCheckNanos;

  private long pausedUntilNanos;
  private long windowNanos;
  private int stalledInWindow;
  private int unreported;

  public SelfTestWatch(
      Fleet fleet, Journals journals, SelfTestSink sink, InstantSource clock, LongSupplier nanos) {
    this.fleet = fleet;
    this.journals = journals;
    this.sink = sink;
    this.clock = clock;
    this.nanos = nanos;
    this.lastCheckNanos = nanos.getAsLong();
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
    if (now - windowNanos > TOGETHER_NANOS) {
      windowNanos = now;
      stalledInWindow = 0;
      if (unreported > 0) {
        int count = unreported;
        sink.failed(SelfTestAlerts.manyStalled(count, clock), null, List.of(), false);
        unreported -= count;
      }
    }
    if (now - pausedUntilNanos < 0) {
      return;
    }
    for (Connection connection : fleet.connections()) {
      check(connection, now);
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

  private void blinded(Connection connection, String stage) throws IOException {
    AgentIdentity agent = connection.identity();
    sink.failed(SelfTestAlerts.blinded(agent, stage, clock), agent, journal(agent), true);
  }

  private void stalled(Connection connection) throws IOException {
    if (++stalledInWindow > SINGLE_ALERTS) {
      unreported++;
      return;
    }
    AgentIdentity agent = connection.identity();
    sink.failed(
        SelfTestAlerts.stalled(agent, connection.record().lastSeen(), clock),
        agent,
        journal(agent),
        false);
  }

  private List<EventLine> journal(AgentIdentity agent) throws IOException {
    return journals.newest(agent.id(), JOURNAL_EVENTS);
  }
}
