package whorl.collector.timeline.read;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import jdk.jfr.EventType;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingFile;
import org.jspecify.annotations.Nullable;
import whorl.collector.timeline.Column;

/**
 * One chunk of a recording. The JDK's parser trusts its input: a damaged chunk ends it with
 * whatever it stumbles over, and what was read before stays.
 */
final class RecordingPortion implements Portion {
  private final RecordingChunk chunk;
  private final Reading reading;
  private final Tally tally;
  private final long firstOrdinal;
  private final IdentityHashMap<EventType, TypePlan> plans = new IdentityHashMap<>();
  private final IdentityHashMap<RecordedStackTrace, Long> stacks = new IdentityHashMap<>();
  private final JsonText json = new JsonText();
  private final Duplicates.Key key = new Duplicates.Key();
  private final Map<String, @Nullable String> values = new HashMap<>();

  private @Nullable Path extracted;
  private @Nullable RecordingFile file;
  private long events;
  private long timeless;

  /**
   * @param firstOrdinal of its rows
   */
  RecordingPortion(RecordingChunk chunk, Reading reading, Tally tally, long firstOrdinal) {
    this.chunk = chunk;
    this.reading = reading;
    this.tally = tally;
    this.firstOrdinal = firstOrdinal;
  }

  @Override
  public String artifact() {
    return tally.artifact();
  }

  @Override
  public boolean fill(RowBlock block) throws IOException {
    int before = block.size();
    boolean more;
    try {
      more = read(block);
    } finally {
      tally.rows(block.size() - before);
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
    if (timeless > 0) {
      tally.problem(timeless + " events of chunk " + chunk.number() + " have times that can't be");
      timeless = 0;
    }
  }

  private boolean read(RowBlock block) throws IOException {
    RecordingFile open = file;
    if (open == null) {
      extracted = chunk.extract(reading.workFolder());
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
      tally.problem(
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
      timeless++;
      return;
    }
    TypePlan plan = plans.computeIfAbsent(event.getEventType(), TypePlan::of);
    block.begin(time, firstOrdinal + events, true);
    block.put(Column.ACTION, plan.action());
    block.put(Column.CATEGORY, plan.shape().category());
    block.put(Column.TYPE, plan.shape().type());
    block.put(Column.KIND, "event");
    block.put(Column.DATASET, tally.artifact());
    String thread = thread(event, plan, block);
    if (plan.hasDuration()) {
      duration(event, block);
    }
    if (plan.hasStack()) {
      stack(event, block);
    }
    fields(event, plan, block, thread, time);
    if (plan.action().equals("whorl.HttpRequest")) {
      request();
    }
    block.end();
  }

  private String thread(RecordedEvent event, TypePlan plan, RowBlock block) {
    if (plan.threadField() == null
        || !(event.getValue(plan.threadField()) instanceof RecordedThread thread)) {
      return "";
    }
    String name = RecordedText.threadName(thread);
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
        id = reading.stacks().keep(RecordedText.frames(stack));
        stacks.put(stack, id);
      }
      block.stack(id);
    }
  }

  private void fields(
      RecordedEvent event, TypePlan plan, RowBlock block, String thread, long time) {
    boolean compared = plan.mayBeDuplicate() && !reading.ofRing().isEmpty();
    if (compared) {
      key.begin(plan.action(), thread);
    }
    json.begin();
    values.clear();
    for (TypePlan.FieldPlan field : plan.fields()) {
      Object value = value(event, field);
      if (value == null) {
        continue;
      }
      RecordedText.json(json.member(field.jsonName()), value);
      String text = RecordedText.of(value);
      values.put(field.name(), text);
      if (field.column() != null) {
        column(field.column(), value, text, block);
      }
      if (compared && text != null && !(value instanceof Number || value instanceof Boolean)) {
        EventLinePortion.addTo(key, field.name(), text);
      }
    }
    if (!json.isEmpty()) {
      block.put(Column.FIELDS, json.end());
    }
    block.put(
        Column.MESSAGE, plan.known() ? plan.shape().sentence().with(values::get) : said(plan));
    if (compared) {
      long sum = key.value();
      reading.ofRing().saw(sum, time);
      reading.ofConsole().saw(sum, time);
    }
  }

  /** The sentence of a type without one: its label, and its first values. */
  private String said(TypePlan plan) {
    StringBuilder out = new StringBuilder(plan.label());
    int shown = 0;
    for (TypePlan.FieldPlan field : plan.fields()) {
      String text = values.get(field.name());
      if (text != null && !text.isEmpty() && text.length() <= 100 && shown < 4) {
        out.append(shown == 0 ? ": " : ", ").append(field.name()).append('=').append(text);
        shown++;
      }
    }
    return out.toString();
  }

  private void request() {
    String id = values.get("requestId");
    if (id != null && !id.isEmpty()) {
      reading
          .requests()
          .add(id, values.get("method"), values.get("path"), values.get("remoteAddress"));
    }
  }

  private static @Nullable Object value(RecordedEvent event, TypePlan.FieldPlan field) {
    return switch (field.kind()) {
      case PLAIN -> event.getValue(field.name());
      case TIMESPAN -> nanos(event.getDuration(field.name()));
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
