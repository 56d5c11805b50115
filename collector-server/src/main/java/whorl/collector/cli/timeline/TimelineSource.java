package whorl.collector.cli.timeline;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.client.SinkBody;
import whorl.evidence.Id;

/**
 * The rows of one or several pieces of evidence, or of a case.
 *
 * @param query the filter, as the API's parameters
 */
record TimelineSource(
    CollectorClient collector, List<Id> evidence, @Nullable Id aCase, Map<String, String> query) {

  /** True if rows of several JVMs are possible. */
  boolean isSeveral() {
    return evidence.size() != 1;
  }

  /** A page of rows, as JSON. */
  JsonNode page(int limit, @Nullable String cursor) {
    Map<String, String> more = parameters();
    more.put("limit", Integer.toString(limit));
    if (cursor != null) {
      more.put("cursor", cursor);
    }
    return collector.json(path(), more);
  }

  /** Returns how many rows are left out, because others say the same. */
  long export(String format, @Nullable Integer limit, Path target, LongConsumer progress) {
    return collector.export(path(), exportParameters(format, limit), target, progress);
  }

  /** The same, passed on while it is received. */
  long export(String format, @Nullable Integer limit, SinkBody.Sink sink) {
    return collector.export(path(), exportParameters(format, limit), sink);
  }

  private Map<String, String> exportParameters(String format, @Nullable Integer limit) {
    Map<String, String> more = parameters();
    more.put("format", format);
    if (limit != null) {
      more.put("limit", limit.toString());
    }
    return more;
  }

  private Map<String, String> parameters() {
    Map<String, String> parameters = new LinkedHashMap<>();
    if (aCase != null) {
      parameters.put("case", aCase.value());
    } else if (isSeveral()) {
      parameters.put("evidence", String.join(",", evidence.stream().map(Id::value).toList()));
    }
    parameters.putAll(query);
    return parameters;
  }

  private String path() {
    return isSeveral() ? "timeline" : "evidence/" + evidence.get(0) + "/timeline";
  }
}
