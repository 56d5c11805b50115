package whorl.collector.hunt;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import whorl.collector.fleet.agents.Target;
import whorl.collector.store.access.Origin;
import whorl.collector.store.access.Scope;
import whorl.collector.store.hunts.HuntRecord;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Id;
import whorl.evidence.channel.CollectorMessage;

/** A running hunt, and the agents of this collector that have the question. Thread-safe. */
final class RunningHunt {
  private final HuntRecord hunt;
  private final Target target;
  private final Scope scope;

  /** Agents that are connected here, have the question, and have not answered. */
  private final Set<Id> asked = ConcurrentHashMap.newKeySet();

  RunningHunt(HuntRecord hunt) {
    this.hunt = hunt;
    this.target = HuntRequest.target(hunt.target());
    this.scope = new Scope(hunt.parts());
  }

  HuntRecord record() {
    return hunt;
  }

  Id id() {
    return hunt.id();
  }

  Target target() {
    return target;
  }

  Scope scope() {
    return scope;
  }

  /** True if the hunt is for this agent. */
  boolean concerns(AgentIdentity agent) {
    return target.matches(agent) && scope.holds(Origin.of(agent));
  }

  CollectorMessage.Hunt message() {
    return new CollectorMessage.Hunt(
        hunt.id(), hunt.question(), hunt.windowSeconds(), hunt.limit());
  }

  /** The agent is about to get the question; false if it has it. */
  boolean asking(Id agent) {
    return asked.add(agent);
  }

  /** The agent does not have the question any more; false if it did not. */
  boolean notAsking(Id agent) {
    return asked.remove(agent);
  }

  List<Id> asked() {
    return List.copyOf(asked);
  }
}
