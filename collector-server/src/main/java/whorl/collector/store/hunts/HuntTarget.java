package whorl.collector.store.hunts;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which agents a hunt asks: those that match all given parts. */
public record HuntTarget(
    @Nullable String agent,
    @Nullable String service,
    @Nullable String namespace,
    @Nullable String pod,
    @Nullable String container,
    Map<String, String> labels) {
  public HuntTarget {
    labels = labels == null ? Map.of() : labels;
  }
}
