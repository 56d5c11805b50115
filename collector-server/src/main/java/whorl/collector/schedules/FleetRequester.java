package whorl.collector.schedules;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.fleet.agents.Fleet;
import whorl.collector.fleet.agents.Target;
import whorl.collector.fleet.captures.CaptureOrder;
import whorl.collector.fleet.captures.Captures;
import whorl.collector.http.request.ProblemException;
import whorl.collector.store.access.Scope;
import whorl.collector.store.schedules.Schedule;
import whorl.evidence.AgentIdentity;

/**
 * Requests captures from connected agents. It chooses as many of the matching ones as the schedule
 * says, by chance, so that over time all replicas have their turn.
 */
public final class FleetRequester implements ScheduledCaptures.Requester {
  private static final Logger LOG = LoggerFactory.getLogger(FleetRequester.class);

  private final Fleet fleet;
  private final Captures captures;
  private final Random random = new Random();

  public FleetRequester(Fleet fleet, Captures captures) {
    this.fleet = fleet;
    this.captures = captures;
  }

  @Override
  public int request(Schedule schedule) throws IOException {
    Target target =
        new Target(null, schedule.service(), schedule.namespace(), null, null, schedule.labels());
    List<AgentIdentity> matching = fleet.find(Scope.EVERYTHING, target);
    List<AgentIdentity> able = new ArrayList<>(captures.withRoom(matching));
    if (able.isEmpty() || captures.isFull()) {
      return 0;
    }
    Collections.shuffle(able, random);
    List<AgentIdentity> chosen =
        List.copyOf(able.subList(0, Math.min(schedule.replicas(), able.size())));
    String reason = "schedule " + schedule.name();
    try {
      captures.request(new CaptureOrder(schedule.artifacts(), reason, null, false), chosen, null);
    } catch (ProblemException full) {
      LOG.warn("schedule {}: {}", schedule.name(), full.getMessage());
      return 0;
    }
    return chosen.size();
  }
}
