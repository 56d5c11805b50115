package whorl.collector.timeline.read.recording;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.IdentityHashMap;
import java.util.List;
import jdk.jfr.EventType;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingFile;
import org.jspecify.annotations.Nullable;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.read.rows.ArtifactOutcome;
import whorl.collector.timeline.read.rows.ArtifactReader;
import whorl.collector.timeline.read.rows.Duplicates;
import whorl.collector.timeline.read.rows.EpochNanos;
import whorl.collector.timeline.read.rows.JsonText;
import whorl.collector.timeline.read.rows.ReadContext;
import whorl.collector.timeline.read.rows.RowBlock;
import whorl.evidence.Text;

/** One chunk of a recording, read by the JDK's own parser: the reference for our own reader. */
final class JdkPortion implements ArtifactReader {
  private static final int SAID_MAX = 4;
  private static final int SAID_MAX_CHARS = 100;

  private final RecordingChunk chunk;
  private final ReadContext readContext;
  private final ArtifactOutcome artifactOutcome;
  private final long firstOrdinal;
  private final IdentityHashMap<EventType, JdkPlan> plans = new IdentityHashMap<>();
  private final IdentityHashMap<RecordedStackTrace, Long> stacks = new IdentityHashMap<>();
  private final JsonText json = new JsonText();
  private final Duplicates.Key key = new Duplicates.Key();

  /** Values of the current event as text, by the position of its type's fields. */
  private @Nullable String[] texts = new String[16];

  private @Nullable EventType lastType;
  private @Nullable JdkPlan lastPlan;

  private @Nullable Path extracted;
  private @Nullable RecordingFile file;
  private long events;
  private long invalidTimes;

  /**
   * @param firstOrdinal of its rows
   */
  JdkPortion(
      RecordingChunk chunk,
      ReadContext readContext,
      ArtifactOutcome artifactOutcome,
      long firstOrdinal) {
    this.chunk = chunk;
    this.readContext = readContext;
    this.artifactOutcome = artifactOutcome;
    this.firstOrdinal = firstOrdinal;
  }

  @Override
  public String artifact() {
    return artifactOutcome.artifact();
  }

  @Override
  public boolean fill(RowBlock block) throws IOException {
    int before = block.size();
    boolean more;
    try {
      more = read(block);
    } finally {
      artifactOutcome.rows(block.size() - before);
    }
    return more;
  }

  @Override
  public void close() throws IOException {
    if (file != null) {
      file.close();
    }
    if (extracted != null) {
      Files.deleteIfExists(extracted);
    }
    if (invalidTimes > 0) {
      artifactOutcome.problem(
          Text.counted(invalidTimes, "event")
              + " of chunk "
              + chunk.number()
              + (invalidTimes == 1 ? " has an impossible time" : " have impossible times"));
      invalidTimes = 0;
    }
  }

  private boolean read(RowBlock block) throws IOException {
    RecordingFile open = file;
    if (open == null) {
      extracted = extract(chunk, readContext.workFolder());
    }
    try {
      if (open == null) {
        open = new RecordingFile(extracted);
        file = open;
      }
      while (!block.full()) {
        if (!open.hasMoreEvents()) {
          return false;
        }
        row(open.readEvent(), block);
        events++;
      }
      return true;
    } catch (IOException | RuntimeException | StackOverflowError | AssertionError damaged) {
      block.abandon();
      artifactOutcome.problem(
          "chunk "
              + chunk.number()
              + " is damaged after "
              + events
              + " events ("
              + damaged
              + "); the rest of it is lost");
      return false;
    }
  }

  private void row(RecordedEvent event, RowBlock block) throws IOException {
    long time = EpochNanos.of(event.getStartTime());
    if (time == EpochNanos.NONE) {
      invalidTimes++;
      return;
    }
    JdkPlan plan = plan(event.getEventType());
    block.begin(time, firstOrdinal + events, true);
    plan.constant().forEach(block::put);
    String thread = thread(event, plan, block);
    if (plan.hasDuration()) {
      duration(event, block);
    }
    if (plan.hasStack()) {
      stack(event, block);
    }
    fields(event, plan, block, thread, time);
    if (plan.action().equals("whorl.HttpRequest")) {
      request(plan);
    }
    block.end();
  }

  private String thread(RecordedEvent event, JdkPlan plan, RowBlock block) {
    if (plan.threadField() == null
        || !(event.getValue(plan.threadField()) instanceof RecordedThread thread)) {
      return "";
    }
    String name = JdkText.threadName(thread);
    block.put(Column.THREAD_NAME, name);
    if (thread.getJavaThreadId() > 0) {
      block.put(Column.THREAD_ID, thread.getJavaThreadId());
    }
    return name;
  }

  private static void duration(RecordedEvent event, RowBlock block) {
    try {
      long nanos = event.getDuration().toNanos();
      if (nanos > 0) {
        block.put(Column.DURATION, nanos);
      }
    } catch (ArithmeticException | DateTimeException endless) {
      block.put(Column.DURATION, Long.MAX_VALUE);
    }
  }

  private void stack(RecordedEvent event, RowBlock block) throws IOException {
    RecordedStackTrace stack = event.getStackTrace();
    if (stack != null) {
      Long id = stacks.get(stack);
      if (id == null) {
        id = readContext.stacks().keep(JdkText.frames(stack));
        stacks.put(stack, id);
      }
      block.stack(id);
    }
  }

  private JdkPlan plan(EventType type) {
    JdkPlan plan = lastPlan;
    if (plan == null || type != lastType) {
      plan = plans.get(type);
      if (plan == null) {
        plan =
            JdkPlan.of(type, artifactOutcome.artifact(), !readContext.ringDuplicates().isEmpty());
        plans.put(type, plan);
      }
      lastPlan = plan;
      lastType = type;
    }
    return plan;
  }

  private void fields(RecordedEvent event, JdkPlan plan, RowBlock block, String thread, long time) {
    List<JdkPlan.FieldPlan> fields = plan.fields();
    if (texts.length < fields.size()) {
      texts = new String[fields.size()];
    }
    if (plan.mayBeDuplicate()) {
      key.begin(plan.action(), thread);
    }
    json.begin();
    for (int i = 0; i < fields.size(); i++) {
      JdkPlan.FieldPlan field = fields.get(i);
      Object value = value(event, field);
      texts[i] = null;
      if (value != null) {
        JdkText.json(json.member(field.jsonName()), value);
        if (field.asText()) {
          texts[i] = JdkText.of(value);
          also(field, value, texts[i], plan, block);
        }
      }
    }
    if (!json.isEmpty()) {
      block.put(Column.FIELDS, json.end());
    }
    block.put(Column.MESSAGE, plan.known() ? render(plan) : fieldList(plan));
    if (plan.mayBeDuplicate()) {
      long sum = key.value();
      readContext.ringDuplicates().observe(sum, time);
      readContext.consoleDuplicates().observe(sum, time);
    }
  }

  private void also(
      JdkPlan.FieldPlan field, Object value, @Nullable String text, JdkPlan plan, RowBlock block) {
    Column column = field.column();
    if (column != null) {
      column(column, value, text, block);
    }
    if (plan.mayBeDuplicate() && !(value instanceof Number || value instanceof Boolean)) {
      key.addField(field.name(), text);
    }
  }

  private String render(JdkPlan plan) {
    List<Integer> positions = plan.positions();
    @Nullable String[] ofParts = new String[positions.size()];
    for (int i = 0; i < ofParts.length; i++) {
      int position = positions.get(i);
      ofParts[i] = position < 0 ? null : texts[position];
    }
    return plan.sentence().render(ofParts);
  }

  /** The message of an unknown type: its label and its first values. */
  private String fieldList(JdkPlan plan) {
    StringBuilder out = new StringBuilder(plan.label());
    int shown = 0;
    for (int i = 0; i < plan.fields().size() && shown < SAID_MAX; i++) {
      String text = texts[i];
      if (text != null && !text.isEmpty() && text.length() <= SAID_MAX_CHARS) {
        out.append(shown == 0 ? ": " : ", ");
        out.append(plan.fields().get(i).name()).append('=').append(text);
        shown++;
      }
    }
    return out.toString();
  }

  private void request(JdkPlan plan) {
    String id = text(plan, "requestId");
    if (id != null && !id.isEmpty()) {
      readContext
          .requests()
          .add(id, text(plan, "method"), text(plan, "path"), text(plan, "remoteAddress"));
    }
  }

  private @Nullable String text(JdkPlan plan, String field) {
    for (int i = 0; i < plan.fields().size(); i++) {
      if (plan.fields().get(i).name().equals(field)) {
        return texts[i];
      }
    }
    return null;
  }

  private static @Nullable Object value(RecordedEvent event, JdkPlan.FieldPlan field) {
    return switch (field.kind()) {
      case PLAIN -> event.getValue(field.name());
      // JDK 17 does not yet treat the greatest number as unlimited
      case TIMESPAN ->
          event.getLong(field.name()) == Long.MAX_VALUE
              ? Long.MAX_VALUE
              : nanos(event.getDuration(field.name()));
      case TIMESTAMP -> {
        Instant time = event.getInstant(field.name());
        yield EpochNanos.of(time) == EpochNanos.NONE ? null : time.toString();
      }
    };
  }

  private static Object nanos(Duration duration) {
    try {
      return duration.toNanos();
    } catch (ArithmeticException endless) {
      return duration.isNegative() ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
  }

  /** A recording of this chunk alone, with the header of a completed one. */
  private static Path extract(RecordingChunk chunk, Path folder) throws IOException {
    Path file = Files.createTempFile(folder, "chunk", ".jfr");
    ByteBuffer bytes = ByteBuffer.allocate((int) chunk.size()).put(chunk.map());
    bytes.putLong(8, chunk.size()).put(64, (byte) 0);
    return Files.write(file, bytes.array());
  }

  private static void column(Column column, Object value, @Nullable String text, RowBlock block) {
    if (column.kind() == Column.Kind.TEXT) {
      if (text != null && !text.isEmpty()) {
        block.put(column, text);
      }
    } else if (value instanceof Number number) {
      block.put(column, number.longValue());
    }
  }
}
