package whorl.collector.cli.timeline;

import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.client.Indexing;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.export.formats.ResultFormat;
import whorl.evidence.Id;

/** A collector answers. */
record CollectorSource(
    CollectorClient collector,
    CommandContext commandContext,
    List<Id> evidence,
    @Nullable Id aCase,
    @Nullable String since,
    @Nullable String until,
    @Nullable String service,
    String sql)
    implements QuerySource {
  @Override
  public void write(ResultFormat format, @Nullable Integer limit, OutputStream out) {
    Map<String, Object> question = new LinkedHashMap<>();
    question.put("sql", sql);
    question.put("format", format.word());
    put(
        question,
        "evidence",
        evidence.isEmpty() ? null : evidence.stream().map(Id::value).toList());
    put(question, "case", aCase == null ? null : aCase.value());
    put(question, "since", since);
    put(question, "until", until);
    put(question, "service", service);
    put(question, "limit", limit);
    WritableByteChannel channel = Channels.newChannel(out);
    Indexing.await(
        commandContext,
        () -> {
          collector.query(question, channel::write);
          return true;
        });
  }

  private static void put(Map<String, Object> question, String name, @Nullable Object value) {
    if (value != null) {
      question.put(name, value);
    }
  }
}
