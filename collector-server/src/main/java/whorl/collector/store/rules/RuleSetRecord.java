package whorl.collector.store.rules;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Digest;

/**
 * One version of a rule set for agents.
 *
 * @param version counts up from 1 for each name, including removed sets
 * @param service the service of the target agents; null for any; likewise the namespace
 * @param labels the labels that an agent must have
 * @param yaml Sigma rules
 * @param sha256 of {@code yaml} as UTF-8
 * @param bytes of {@code yaml} as UTF-8
 * @param pushedBy the name of the token
 */
public record RuleSetRecord(
    String name,
    int version,
    @Nullable String service,
    @Nullable String namespace,
    Map<String, String> labels,
    String yaml,
    Digest sha256,
    int bytes,
    Instant pushedAt,
    String pushedBy) {
  public RuleSetRecord {
    // Not the JDK's immutable map: it is extremely slow with keys that were chosen to collide.
    labels = labels == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(labels));
  }

  /** What of the target was given, as the API has it. */
  public Map<String, Object> target() {
    Map<String, Object> target = new LinkedHashMap<>();
    if (service != null) {
      target.put("service", service);
    }
    if (namespace != null) {
      target.put("namespace", namespace);
    }
    if (!labels.isEmpty()) {
      target.put("labels", labels);
    }
    return target;
  }
}
