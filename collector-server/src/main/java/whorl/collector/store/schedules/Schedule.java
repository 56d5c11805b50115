package whorl.collector.store.schedules;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A capture that is repeated.
 *
 * @param service the agents that may be captured; null, and no labels, for any
 * @param everySeconds between two turns
 * @param replicas how many of the matching agents are captured at each turn
 * @param artifacts empty for all but heap
 * @param maker who made it
 */
public record Schedule(
    String name,
    @Nullable String service,
    @Nullable String namespace,
    Map<String, String> labels,
    long everySeconds,
    int replicas,
    List<String> artifacts,
    String maker) {
  public Schedule {
    labels = labels == null ? Map.of() : Map.copyOf(labels);
    artifacts = artifacts == null ? List.of() : List.copyOf(artifacts);
  }
}
