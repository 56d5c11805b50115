package whorl.collector.receive;

import org.jspecify.annotations.Nullable;
import whorl.evidence.Id;

/** The keys that agents are known by. */
@FunctionalInterface
public interface EnrolledKeys {
  /** The agent's public key as a manifest carries it; null where the agent has enrolled none. */
  @Nullable String keyOf(Id agent);
}
