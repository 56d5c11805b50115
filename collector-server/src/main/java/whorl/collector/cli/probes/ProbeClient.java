package whorl.collector.cli.probes;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import whorl.collector.cli.client.CollectorClient;

/** The requests about probes. */
final class ProbeClient {
  private static final int PAGE = 200;

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
    List<JsonNode> all = new ArrayList<>();
    Map<String, String> query = new LinkedHashMap<>();
    while (true) {
      query.put("limit", Integer.toString(Math.min(PAGE, limit - all.size())));
      JsonNode page = collector.json("probes", query);
      page.path("probes").forEach(all::add);
      String next = page.path("next").asText("");
      if (next.isEmpty() || all.size() >= limit) {
        return all;
      }
      query.put("cursor", next);
    }
  }

  /** Passes on the calls that have come after the cursor; returns the next cursor. */
  String calls(String id, String cursor, Consumer<JsonNode> call) {
    String next = cursor;
    while (true) {
      Map<String, String> query = new LinkedHashMap<>();
      query.put("limit", Integer.toString(PAGE));
      if (!next.isEmpty()) {
        query.put("cursor", next);
      }
      JsonNode page = collector.json("probes/" + id + "/calls", query);
      page.path("calls").forEach(call);
      next = page.path("next").asText(next);
      if (!page.path("more").asBoolean()) {
        return next;
      }
    }
  }
}
