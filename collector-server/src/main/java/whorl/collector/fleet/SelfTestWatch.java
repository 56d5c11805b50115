package whorl.collector.fleet;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.LongSupplier;
import whorl.evidence.AgentIdentity;
import whorl.evidence.AgentMessage;
import whorl.evidence.EventLine;

/**
 * Notices agents that are connected and blind: an agent cannot say so itself. Agents that test
 * themselves report every {@link #PERIOD_SECONDS}; of those that never did, older ones, nothing is
 * expected. One alert for each agent and cause, until the tests pass again.
 */
public final class SelfTestWatch {
  /** How often agents shall report. */
  static final int PERIOD_SECONDS = 2;

  /** The agent says by this capability that it will report. */
  static final String CAPABILITY = "selfTest";

  /** So many that stall within {@link #TOGETHER} have an alert each; the rest have one. */
  static final int SINGLE_ALERTS = 5;

  private static final long TOGETHER_NANOS = Duration.ofSeconds(30).toNanos();
  private static final long STALLED_NANOS = Duration.ofSeconds(8).toNanos();
  private static final long REPORT_MISSING_NANOS = Duration.ofSeconds(9).toNanos();
  private static final long FIRST_REPORT_NANOS = Duration.ofSeconds(30).toNanos();

  /** A look that comes so late means that the collector itself stood still. */
  private static final long LATE_NANOS = Duration.ofSeconds(4).toNanos();

  private static final int JOURNAL_EVENTS = 256;

  private final Fleet fleet;
  private final Journals journals;
  private final SelfTestSink sink;
  private final InstantSource clock;
  private final LongSupplier nanos;

  /** Touched by {@link #look} alone, as all that follows. */
  private long lastLookNanos;

  private long patientUntilNanos;
  private long windowNanos;
  private int inWindow;
  private int unreported;

  public SelfTestWatch(
      Fleet fleet, Journals journals, SelfTestSink sink, InstantSource clock, LongSupplier nanos) {
    this.fleet = fleet;
    this.journals = journals;
    this.sink = sink;
    this.clock = clock;
    this.nanos = nanos;
    this.lastLookNanos = nanos.getAsLong();
    this.patientUntilNanos = lastLookNanos;
    this.windowNanos = lastLookNanos;
  }

  /** An agent reported. */
  void reported(Connection connection, AgentMessage.SelfTest report) throws IOException {
    String stage = connection.selfTests().report(report, clock.instant(), nanos.getAsLong());
    if (stage != null) {
      blinded(connection, stage);
    }
  }

  /** Looks for agents of which nothing comes, or no reports; every second. */
  void look() throws IOException {
    long now = nanos.getAsLong();
    if (now - lastLookNanos > LATE_NANOS) {
      // What the agents said meanwhile has yet to be read.
      patientUntilNanos = now + STALLED_NANOS;
    }
    lastLookNanos = now;
    if (now - windowNanos > TOGETHER_NANOS) {
      windowNanos = now;
      inWindow = 0;
      if (unreported > 0) {
        int many = unreported;
        sink.failed(SelfTestAlerts.manyStalled(many, clock), null, List.of(), false);
        unreported -= many;
      }
    }
    if (now - patientUntilNanos < 0) {
      return;
    }
    for (Connection connection : fleet.connections()) {
      look(connection, now);
    }
  }

  private void look(Connection connection, long now) throws IOException {
    SelfTestState state = connection.selfTests();
    long silentNanos = connection.silentNanos(now);
    if (silentNanos <= STALLED_NANOS) {
      state.heard();
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
    if (++inWindow > SINGLE_ALERTS) {
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
