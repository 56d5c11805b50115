package whorl.collector.timeline.read.recording;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import one.jfr.AnyEvent;
import one.jfr.JfrClass;
import one.jfr.JfrReader;
import one.jfr.StackTrace;
import one.jfr.event.Event;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.read.EvidenceReader;
import whorl.collector.timeline.read.mapping.EventMapping;
import whorl.collector.timeline.read.mapping.EventMappings;
import whorl.collector.timeline.read.rows.ArtifactOutcome;
import whorl.collector.timeline.read.rows.ArtifactReader;
import whorl.collector.timeline.read.rows.JsonText;
import whorl.collector.timeline.read.rows.RowBlock;
import whorl.collector.timeline.read.rows.StackFile;

/** One chunk, read by async-profiler's reader into the rows that ours makes of it. */
final class AsyncPortion implements ArtifactReader {
  private final RecordingChunk chunk;
  private final StackFile shelf;
  private final ArtifactOutcome artifactOutcome;
  private final JsonText json = new JsonText();
  private final Map<JfrClass, Plan> plans = new IdentityHashMap<>();
  private final Map<StackTrace, Long> stacks = new IdentityHashMap<>();
  private JfrReader reader;
  private long events;

  private record Plan(
      String action, EventMapping shape, boolean known, List<String> names, String[] jsonNames, List<Integer> told) {}

  private AsyncPortion(RecordingChunk chunk, StackFile shelf, ArtifactOutcome artifactOutcome) {
    this.chunk = chunk;
    this.shelf = shelf;
    this.artifactOutcome = artifactOutcome;
  }

  /** Puts a recording's chunks among what the evidence's reader hands out. */
  static void add(EvidenceReader evidence, Path recording) throws Exception {
    ArtifactOutcome artifactOutcome = new ArtifactOutcome("recording.jfr");
    for (RecordingChunk chunk : RecordingChunk.of(recording, artifactOutcome)) {
      Inside.portions(evidence).add(new AsyncPortion(chunk, Inside.stacks(evidence), artifactOutcome));
    }
  }

  @Override
  public String artifact() {
    return "recording.jfr";
  }

  @Override
  public void close() throws IOException {
    AnyEvent.forget(reader);
    reader.close();
  }

  @Override
  public boolean fill(RowBlock block) throws IOException {
    if (reader == null) {
      try (FileChannel file = FileChannel.open(chunk.recording())) {
        ByteBuffer bytes = file.map(FileChannel.MapMode.READ_ONLY, chunk.offset(), chunk.size());
        reader = new JfrReader(bytes);
      }
      AnyEvent.register(reader);
    }
    while (!block.full()) {
      Event event = reader.readEvent();
      if (event == null) {
        return false;
      }
      if (event instanceof AnyEvent any) {
        row(any, block);
      } else {
        known(event, block);
      }
      events++;
    }
    return true;
  }

  private long nanos(long ticks) {
    double since = (double) (ticks - reader.chunkStartTicks) * 1e9 / reader.ticksPerSec;
    return reader.chunkStartNanos + (long) since;
  }

  private long ordinal() {
    return (1L << 52) + ((long) chunk.number() << 32) + events;
  }

  /** For these the reader keeps time, thread and stack, and little more. */
  private void known(Event event, RowBlock block) throws IOException {
    block.begin(nanos(event.time), ordinal(), true);
    block.put(Column.ACTION, event.getClass().getSimpleName());
    block.put(Column.THREAD_NAME, reader.threads.get(event.tid));
    stack(reader.stackTraces.get(event.stackTraceId), block);
    JsonText.quoted(json.begin().member("\"event\":"), event.toString());
    block.put(Column.FIELDS, json.end());
    block.end();
  }

  private void row(AnyEvent event, RowBlock block) throws IOException {
    Plan plan = plans.computeIfAbsent(event.type, this::plan);
    int start = plan.names.indexOf("startTime");
    block.begin(nanos((Long) event.values[start]), ordinal(), true);
    block.put(Column.ACTION, plan.action);
    block.put(Column.CATEGORY, plan.shape.category());
    block.put(Column.TYPE, plan.shape.type());
    block.put(Column.KIND, "event");
    block.put(Column.DATASET, "recording.jfr");
    String[] texts = new String[event.values.length];
    json.begin();
    for (int i = 0; i < texts.length; i++) {
      Object value = event.values[i];
      if (value == null) {
        continue;
      }
      switch (plan.names.get(i)) {
        case "startTime" -> {}
        case "duration" -> block.put(Column.DURATION, (long) ((Long) value * 1e9 / reader.ticksPerSec));
        case "eventThread" -> block.put(Column.THREAD_NAME, value.toString());
        case "stackTrace" -> stack(value instanceof StackTrace stack ? stack : null, block);
        default -> field(plan, i, value, texts, block);
      }
    }
    block.put(Column.FIELDS, json.end());
    block.put(Column.MESSAGE, message(plan, texts));
    block.end();
  }

  private void field(Plan plan, int i, Object value, String[] texts, RowBlock block) {
    StringBuilder out = json.member(plan.jsonNames[i]);
    write(out, value);
    texts[i] = value.toString();
    Column column = plan.shape.columns().get(plan.names.get(i));
    if (column == null && plan.names.get(i).equals("requestId")) {
      column = Column.REQUEST_ID;
    }
    if (column != null && column.kind() == Column.Kind.TEXT) {
      block.put(column, texts[i]);
    } else if (column != null && value instanceof Number number) {
      block.put(column, number.longValue());
    }
  }

  private void write(StringBuilder out, Object value) {
    if (value instanceof Number || value instanceof Boolean) {
      out.append(value);
    } else if (value instanceof Object[] members) {
      out.append('[');
      for (int i = 0; i < members.length; i++) {
        out.append(i == 0 ? "" : ",");
        write(out, members[i]);
      }
      out.append(']');
    } else if (value instanceof StackTrace stack) {
      JsonText.quoted(out, AnyEvent.frames(reader, stack));
    } else if (value == null) {
      out.append("null");
    } else {
      JsonText.quoted(out, value.toString());
    }
  }

  private void stack(StackTrace stack, RowBlock block) throws IOException {
    if (stack != null) {
      Long id = stacks.get(stack);
      if (id == null) {
        id = shelf.keep(AnyEvent.frames(reader, stack));
        stacks.put(stack, id);
      }
      block.stack(id);
    }
  }

  private static String message(Plan plan, String[] texts) {
    if (plan.known) {
      String[] parts = new String[plan.told.size()];
      for (int i = 0; i < parts.length; i++) {
        int position = plan.told.get(i);
        parts[i] = position < 0 ? null : texts[position];
      }
      return plan.shape.sentence().render(parts);
    }
    StringBuilder out = new StringBuilder(plan.action);
    int shown = 0;
    for (int i = 0; i < texts.length && shown < 4; i++) {
      if (texts[i] != null && texts[i].length() <= 100) {
        out.append(shown++ == 0 ? ": " : ", ").append(plan.names.get(i)).append('=').append(texts[i]);
      }
    }
    return out.toString();
  }

  private Plan plan(JfrClass type) {
    List<String> names = AnyEvent.fieldNames(type);
    String name = AnyEvent.name(type);
    EventMapping found = EventMappings.find(name);
    EventMapping shape = found == null ? EventMappings.defaultMapping(name) : found;
    return new Plan(
        name,
        shape,
        found != null,
        names,
        names.stream().map(JsonText::name).toArray(String[]::new),
        shape.sentence().positions(names));
  }
}
