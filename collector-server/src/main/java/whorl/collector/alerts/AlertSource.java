package whorl.collector.alerts;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.fleet.agents.Fleet;
import whorl.collector.fleet.agents.Target;
import whorl.evidence.AgentIdentity;

/** The place that an external alert names. */
sealed interface AlertSource permits AlertSource.Exactly, TargetResolver {
  /** Returns the connected agents at this place. */
  List<AgentIdentity> agents(Fleet fleet) throws IOException;

  /** Returns a description for messages. */
  String described();

  /** Returns the namespace that the alert names; null if it names none. */
  @Nullable String namespace();

  /** Returns the service that the alert names; null if it names none. */
  @Nullable String service();

  /** A target as the capture API takes it. */
  record Exactly(Target target) implements AlertSource {
    @Override
    public List<AgentIdentity> agents(Fleet fleet) throws IOException {
      return fleet.find(target);
    }

    @Override
    public String described() {
      return target.described();
    }

    @Override
    public @Nullable String namespace() {
      return target.namespace();
    }

    @Override
    public @Nullable String service() {
      return target.service();
    }
  }
}
