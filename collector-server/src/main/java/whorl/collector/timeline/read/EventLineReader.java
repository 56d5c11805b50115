package whorl.collector.timeline.read;

import com.fasterxml.jackson.core.JacksonException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.read.mapping.EventMapping;
import whorl.collector.timeline.read.mapping.EventMappings;
import whorl.collector.timeline.read.rows.ArtifactOutcome;
import whorl.collector.timeline.read.rows.Duplicates;
import whorl.collector.timeline.read.rows.EpochNanos;
import whorl.collector.timeline.read.rows.JsonText;
import whorl.collector.timeline.read.rows.ReadContext;
import whorl.collector.timeline.read.rows.RowBlock;
import whorl.evidence.EventLine;
import whorl.evidence.Json;

/** Reads {@code events.ndjson}: the ring's events, without those that a recording also has. */
final class EventLineReader extends LineReader {
  private static final int TYPE_MAX_CHARS = 200;

  private final ReadContext readContext;
  private final JsonText json = new JsonText();
  private final Duplicates.Key key = new Duplicates.Key();
  private int index;

  EventLineReader(
      Path file, ReadContext readContext, ArtifactOutcome artifactOutcome, long firstOrdinal) {
    super(file, artifactOutcome, firstOrdinal);
    this.readContext = readContext;
  }

  @Override
  int rows(String text, long ordinal, RowBlock block) throws IOException {
    EventLine line = parse(text);
    long time = EpochNanos.of(line.time());
    if (!isValid(time, line.type())) {
      throw new IllegalArgumentException("its time or type can't be");
    }
    request(line);
    if (readContext.ringDuplicates().isDuplicate(index++)) {
      return 0;
    }
    EventMapping known = EventMappings.find(line.type());
    EventMapping eventMapping = known == null ? EventMappings.defaultMapping(line.type()) : known;
    block.begin(time, ordinal, true);
    block.put(Column.ACTION, line.type());
    block.put(Column.CATEGORY, eventMapping.category());
    block.put(Column.TYPE, eventMapping.type());
    block.put(Column.KIND, "event");
    block.put(Column.DATASET, outcome().artifact());
    block.put(Column.SEQUENCE, line.sequence());
    block.put(Column.THREAD_NAME, line.thread());
    if (!line.stack().isEmpty()) {
      block.stack(readContext.stacks().keep(String.join("\n", line.stack())));
    }
    fields(line, eventMapping, block);
    String sentence = eventMapping.sentence().with(name -> text(line.fields().get(name)));
    block.put(Column.MESSAGE, sentence.isEmpty() ? line.type() : sentence);
    readContext.consoleDuplicates().observe(keyOf(line, key), time);
    return 1;
  }

  /**
   * Announces a line before rows are read.
   *
   * @return why some lines will not be compared; null if all will
   */
  @Nullable String announce(String text) {
    EventLine line;
    try {
      line = parse(text);
    } catch (IllegalArgumentException later) {
      return null;
    }
    long time = EpochNanos.of(line.time());
    if (!isValid(time, line.type())) {
      return null;
    }
    return readContext.ringDuplicates().announce(keyOf(line, key), time)
        ? null
        : "there are too many lines to compare all of them with the recording";
  }

  private static boolean isValid(long time, String type) {
    return time != EpochNanos.NONE && !type.isEmpty() && type.length() <= TYPE_MAX_CHARS;
  }

  private static long keyOf(EventLine line, Duplicates.Key key) {
    key.begin(line.type(), line.thread() == null ? "" : line.thread());
    line.fields()
        .forEach(
            (name, value) -> {
              if (!(value instanceof Number || value instanceof Boolean)) {
                key.addField(name, text(value));
              }
            });
    return key.value();
  }

  private void request(EventLine line) {
    Map<String, Object> fields = line.fields();
    String id = text(fields.get("request.id"));
    if (id != null && !id.isEmpty()) {
      readContext
          .requests()
          .add(
              id,
              text(fields.get("request.method")),
              text(fields.get("request.path")),
              text(fields.get("request.remoteAddress")));
    }
  }

  private void fields(EventLine line, EventMapping eventMapping, RowBlock block) {
    json.begin();
    Map<String, Object> fields = new LinkedHashMap<>(line.fields());
    String request = text(fields.get("request.id"));
    if (request != null && !request.isEmpty()) {
      block.put(Column.REQUEST_ID, request);
    }
    fields.forEach(
        (name, value) -> {
          if (value != null) {
            json(json.member(JsonText.name(name)), value);
            Column column = eventMapping.columns().get(name);
            if (column != null && column.kind() == Column.Kind.TEXT) {
              block.put(column, text(value));
            } else if (column != null && value instanceof Number number) {
              block.put(column, number.longValue());
            }
          }
        });
    if (!json.isEmpty()) {
      block.put(Column.FIELDS, json.end());
    }
  }

  private static void json(StringBuilder out, Object value) {
    if (value instanceof String text) {
      JsonText.quoted(out, text);
    } else {
      out.append(Json.text(value));
    }
  }

  static @Nullable String text(@Nullable Object value) {
    if (value == null) {
      return null;
    }
    return value instanceof Collection<?> many
        ? many.stream().map(String::valueOf).collect(Collectors.joining(", "))
        : value.toString();
  }

  private static EventLine parse(String text) {
    try {
      EventLine line = Json.LENIENT.readValue(text, EventLine.class);
      if (line == null || line.time() == null || line.type() == null) {
        throw new IllegalArgumentException("an event without time or type");
      }
      return line;
    } catch (JacksonException damaged) {
      throw new IllegalArgumentException("no event", damaged);
    }
  }
}
