package whorl.collector.cli.hunts;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import whorl.collector.cli.client.CollectorClient;
import whorl.evidence.Id;

/** The requests about hunts. */
final class HuntClient {
  private static final int AGENTS_MAX = 10_000;

  private final CollectorClient collector;

  HuntClient(CollectorClient collector) {
    this.collector = collector;
  }

  JsonNode start(Map<String, Object> body) {
    return collector.post("hunts", body);
  }

  JsonNode hunt(String id) {
    return collector.json("hunts/" + id, Map.of());
  }

  JsonNode cancel(Id id) {
    return collector.post("hunts/" + id + "/cancel", Map.of());
  }

  JsonNode capture(String id, Map<String, Object> body) {
    return collector.post("hunts/" + id + "/captures", body);
  }

  List<JsonNode> hunts(int limit) {
    return list("hunts", "hunts", Map.of(), limit);
  }

  /** The agents in this state. */
  List<JsonNode> agents(String id, String state) {
    return list("hunts/" + id + "/agents", "agents", Map.of("state", state), AGENTS_MAX);
  }

  /** All agents. */
  List<JsonNode> agents(String id) {
    return list("hunts/" + id + "/agents", "agents", Map.of(), AGENTS_MAX);
  }

  /** Passes on the rows that have come after the cursor; returns the next cursor. */
  String rows(String id, String cursor, Consumer<JsonNode> row) {
    return collector.added("hunts/" + id + "/rows", "rows", cursor, row);
  }

  private List<JsonNode> list(String path, String name, Map<String, String> filter, int limit) {
    return collector.list(path, name, filter, limit, JsonNode.class).json();
  }
}
