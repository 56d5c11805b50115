package whorl.collector.cli.probes;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import whorl.collector.cli.client.CollectorClient;

/** The requests about probes. */
final class ProbeClient {
  private final CollectorClient collector;

  ProbeClient(CollectorClient collector) {
    this.collector = collector;
  }

  JsonNode start(Map<String, Object> body) {
    return collector.post("probes", body);
  }

  JsonNode probe(String id) {
    return collector.json("probes/" + id, Map.of());
  }

  void end(String id) {
    collector.delete("probes/" + id);
  }

  List<JsonNode> probes(int limit) {
    return collector.list("probes", "probes", Map.of(), limit, JsonNode.class).json();
  }

  /** Passes on the calls that have come after the cursor; returns the next cursor. */
  String calls(String id, String cursor, Consumer<JsonNode> call) {
    return collector.added("probes/" + id + "/calls", "calls", cursor, call);
  }
}
