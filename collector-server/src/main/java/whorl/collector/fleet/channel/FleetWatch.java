package whorl.collector.fleet.channel;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.fleet.agents.Fleet;
import whorl.collector.fleet.agents.Journals;
import whorl.collector.fleet.agents.SelfTestWatch;
import whorl.collector.fleet.captures.Captures;
import whorl.collector.fleet.chain.Chains;
import whorl.collector.fleet.lost.LostAgentDetector;
import whorl.collector.store.records.AgentRecord;

/**
 * Runs the periodic work of the fleet on one thread, {@code whorl-fleet}: writes journals and
 * ledgers, and closes silent connections. Failed work is logged and runs again in the next period.
 */
public final class FleetWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FleetWatch.class);
  private static final Duration WRITE_EVERY = Duration.ofMillis(250);
  private static final Duration RENEW_EVERY = Duration.ofSeconds(5);
  private static final Duration CHECK_EVERY = Duration.ofSeconds(1);
  private static final Duration FORGET_EVERY = Duration.ofMinutes(5);
  private static final Duration OVERDUE_EVERY = Duration.ofMinutes(5);
  private static final Duration FORGET_CHAINS_EVERY = Duration.ofHours(1);

  private final Fleet fleet;
  private final Captures captures;
  private final Journals journals;
  private final AgentChannel channel;
  private final LostAgentDetector lostAgentDetector;
  private final SelfTestWatch selfTests;
  private final Chains chains;
  private final ScheduledExecutorService timer;

  public FleetWatch(
      Fleet fleet,
      Captures captures,
      Journals journals,
      AgentChannel channel,
      LostAgentDetector lostAgentDetector,
      SelfTestWatch selfTests,
      Chains chains) {
    this.fleet = fleet;
    this.captures = captures;
    this.journals = journals;
    this.channel = channel;
    this.lostAgentDetector = lostAgentDetector;
    this.selfTests = selfTests;
    this.chains = chains;
    this.timer =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              Thread thread = new Thread(work, "whorl-fleet");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Starts the thread. Call once. */
  public void start() {
    every(WRITE_EVERY, "write the journals", () -> chains.flush(journals::flush));
    every(RENEW_EVERY, "renew the agents", fleet::renew);
    every(WRITE_EVERY, "write the agents", fleet::save);
    every(CHECK_EVERY, "check the captures", captures::checkTimeouts);
    every(CHECK_EVERY, "check the connections", channel::closeExpired);
    every(CHECK_EVERY, "check for lost agents", lostAgentDetector::check);
    every(CHECK_EVERY, "check for blind agents", selfTests::check);
    every(CHECK_EVERY, "raise alerts about chains", chains::raiseAlerts);
    every(OVERDUE_EVERY, "look for evidence that did not arrive", this::raiseOverdue);
    every(FORGET_EVERY, "delete old captures", captures::forget);
    every(FORGET_CHAINS_EVERY, "delete old chains", chains::forget);
    every(FORGET_EVERY, "delete old agents", fleet::forget);
  }

  private void raiseOverdue() throws IOException {
    chains.raiseOverdue(
        agent -> {
          AgentRecord known = fleet.agent(agent);
          return known == null ? null : known.identity();
        });
  }

  /** Stops the thread and writes all pending data. */
  @Override
  public void close() throws IOException {
    timer.shutdown();
    try {
      if (!timer.awaitTermination(5, TimeUnit.SECONDS)) {
        LOG.warn("whorl-fleet did not end within 5 s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    chains.flush(journals::flush);
    chains.raiseAlerts();
    fleet.renew();
    fleet.save();
    captures.checkTimeouts();
  }

  private interface Work {
    void run() throws IOException;
  }

  private void every(Duration period, String task, Work work) {
    ScheduledFuture<?> unused =
        timer.scheduleWithFixedDelay(
            () -> {
              try {
                work.run();
              } catch (IOException | RuntimeException | Error e) {
                LOG.warn("could not {}; trying again in {}: {}", task, period, e.toString());
              }
            },
            period.toMillis(),
            period.toMillis(),
            TimeUnit.MILLISECONDS);
  }
}
