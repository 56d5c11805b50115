package whorl.collector.cli.cases;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.cli.client.CollectorClient;
import whorl.evidence.Id;

/** The requests about cases. */
final class CaseClient {
  private final CollectorClient collector;

  CaseClient(CollectorClient collector) {
    this.collector = collector;
  }

  CollectorClient.Listing<CaseRow> cases(Map<String, String> filters, int limit) {
    return collector.list("cases", "cases", filters, limit, CaseRow.class);
  }

  CollectorClient.One<CaseRow> find(Id id) {
    return collector.one("cases/" + id, CaseRow.class);
  }

  CollectorClient.One<CaseRow> create(
      String title, @Nullable String description, List<String> tags) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("title", title);
    if (description != null) {
      body.put("description", description);
    }
    if (!tags.isEmpty()) {
      body.put("tags", tags);
    }
    return collector.one("POST", "cases", body, CaseRow.class);
  }

  /** Changes the given fields of a case. */
  void change(Id id, Map<String, Object> changes) {
    collector.send("PATCH", "cases/" + id, changes);
  }

  /**
   * Adds a note.
   *
   * @param row of a timeline, which the note is about; null if it is about none
   */
  void note(Id id, String text, @Nullable String row) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("text", text);
    if (row != null) {
      body.put("row", row);
    }
    collector.send("POST", "cases/" + id + "/notes", body);
  }

  void add(Id id, Id evidence) {
    collector.send("PUT", "cases/" + id + "/evidence/" + evidence, Map.of());
  }

  void remove(Id id, Id evidence) {
    collector.delete("cases/" + id + "/evidence/" + evidence);
  }

  void hold(Id id, String reason) {
    collector.send("PUT", "cases/" + id + "/hold", Map.of("reason", reason));
  }

  void release(Id id, @Nullable String reason) {
    collector.delete("cases/" + id + "/hold", reason);
  }
}
