package whorl.collector.fleet.channel;

import java.io.IOException;
import java.time.Duration;
import whorl.collector.fleet.agents.Fleet;
import whorl.collector.fleet.agents.Journals;
import whorl.collector.fleet.agents.SelfTestWatch;
import whorl.collector.fleet.captures.Captures;
import whorl.collector.fleet.chain.Chains;
import whorl.collector.fleet.lost.LostAgentDetector;
import whorl.collector.maintenance.PeriodicTasks;
import whorl.collector.store.outage.OneByOne;
import whorl.collector.store.records.AgentRecord;

/**
 * Runs the periodic work of the fleet on one thread, {@code whorl-fleet}: writes journals and
 * ledgers, and closes silent connections.
 */
public final class FleetWatch implements AutoCloseable {
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
  private final PeriodicTasks tasks = new PeriodicTasks("fleet");

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
  }

  /** Starts the thread. Call once. */
  public void start() {
    tasks.every(WRITE_EVERY, "writing the journals", () -> chains.flush(journals::flush));
    tasks.every(RENEW_EVERY, "renewing the agents", fleet::renew);
    tasks.every(WRITE_EVERY, "writing the agents", fleet::save);
    tasks.every(CHECK_EVERY, "checking the captures", captures::checkTimeouts);
    tasks.every(CHECK_EVERY, "checking the connections", channel::closeExpired);
    tasks.every(CHECK_EVERY, "checking for lost agents", lostAgentDetector::check);
    tasks.every(CHECK_EVERY, "checking for blind agents", selfTests::check);
    tasks.every(CHECK_EVERY, "raising alerts about chains", chains::raiseAlerts);
    tasks.every(OVERDUE_EVERY, "looking for evidence that did not arrive", this::raiseOverdue);
    tasks.every(FORGET_EVERY, "deleting old captures", captures::forget);
    tasks.every(FORGET_CHAINS_EVERY, "deleting old chains", chains::forget);
    tasks.every(FORGET_EVERY, "deleting old agents", fleet::forget);
  }

  private void raiseOverdue() throws IOException {
    chains.raiseOverdue(
        agent -> {
          AgentRecord known = fleet.agent(agent);
          return known == null ? null : known.identity();
        });
  }

  /** Stops the thread and writes all pending data; one part that fails keeps back no other. */
  @Override
  public void close() throws IOException {
    tasks.close();
    OneByOne rest = new OneByOne();
    rest.run("the journals", () -> chains.flush(journals::flush));
    rest.run("alerts about chains", chains::raiseAlerts);
    fleet.renew();
    rest.run("the agents", fleet::save);
    rest.run("the captures", captures::checkTimeouts);
    rest.end();
  }
}
