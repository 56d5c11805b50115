package whorl.collector.alerts;

import java.util.List;
import whorl.collector.fleet.Fleet;
import whorl.collector.fleet.Target;
import whorl.evidence.AgentIdentity;

/** Where an outside alert says that something happened. */
sealed interface AlertSource permits AlertSource.Exactly, TargetResolver {
  /** The connected agents there. */
  List<AgentIdentity> agents(Fleet fleet);

  /** For messages. */
  String described();

  /** A target as our own API takes it. */
  record Exactly(Target target) implements AlertSource {
    @Override
    public List<AgentIdentity> agents(Fleet fleet) {
      return fleet.find(target);
    }

    @Override
    public String described() {
      return target.described();
    }
  }
}
