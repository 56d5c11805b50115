package whorl.collector.timeline.read.recording;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jmc.common.IMCFrame;
import org.openjdk.jmc.common.IMCMethod;
import org.openjdk.jmc.common.IMCStackTrace;
import org.openjdk.jmc.common.IMCThread;
import org.openjdk.jmc.common.IMCType;
import org.openjdk.jmc.common.item.IAccessorKey;
import org.openjdk.jmc.common.item.IItem;
import org.openjdk.jmc.common.item.IItemIterable;
import org.openjdk.jmc.common.item.IMemberAccessor;
import org.openjdk.jmc.common.item.IType;
import org.openjdk.jmc.common.unit.IQuantity;
import org.openjdk.jmc.common.unit.UnitLookup;
import org.openjdk.jmc.flightrecorder.JfrLoaderToolkit;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.read.EvidenceReader;
import whorl.collector.timeline.read.mapping.EventMapping;
import whorl.collector.timeline.read.mapping.EventMappings;
import whorl.collector.timeline.read.rows.ArtifactOutcome;
import whorl.collector.timeline.read.rows.ArtifactReader;
import whorl.collector.timeline.read.rows.JsonText;
import whorl.collector.timeline.read.rows.RowBlock;
import whorl.collector.timeline.read.rows.StackFile;

/** The events of one type that Mission Control's loader has loaded, into the rows that ours makes. */
final class JmcPortion implements ArtifactReader {
  private static final AtomicInteger NUMBERS = new AtomicInteger();

  private final StackFile shelf;
  private final ArtifactOutcome artifactOutcome;
  private final JsonText json = new JsonText();
  private final Map<IMCStackTrace, Long> stacks = new IdentityHashMap<>();
  private final Iterator<IItem> items;
  private final String action;
  private final EventMapping eventMapping;
  private final boolean known;
  private final List<Field> fields = new ArrayList<>();
  private final List<Integer> told;
  private final long firstOrdinal = (1L << 52) + ((long) NUMBERS.incrementAndGet() << 32);
  private long events;

  private record Field(String name, String jsonName, IMemberAccessor<?, IItem> value) {}

  @SuppressWarnings("unchecked")
  private JmcPortion(IItemIterable ofType, StackFile shelf, ArtifactOutcome artifactOutcome) {
    this.shelf = shelf;
    this.artifactOutcome = artifactOutcome;
    IType<IItem> type = ofType.getType();
    items = ofType.iterator();
    action = type.getIdentifier();
    EventMapping found = EventMappings.find(action);
    known = found != null;
    eventMapping = known ? found : EventMappings.defaultMapping(action);
    for (IAccessorKey<?> key : type.getAccessorKeys().keySet()) {
      String name = key.getIdentifier();
      // what it works out beside, such as the end
      if (!name.startsWith("(")) {
        fields.add(
            new Field(
                name, JsonText.name(name), (IMemberAccessor<?, IItem>) type.getAccessor(key)));
      }
    }
    told = eventMapping.sentence().positions(fields.stream().map(Field::name).toList());
  }

  /** Loads a recording, and puts its events among what the evidence's reader hands out. */
  static void add(EvidenceReader evidence, Path recording) throws Exception {
    ArtifactOutcome artifactOutcome = new ArtifactOutcome("recording.jfr");
    for (IItemIterable ofType : JfrLoaderToolkit.loadEvents(recording.toFile())) {
      Inside.portions(evidence).add(new JmcPortion(ofType, Inside.stacks(evidence), artifactOutcome));
    }
  }

  @Override
  public String artifact() {
    return "recording.jfr";
  }

  @Override
  public void close() {}

  @Override
  public boolean fill(RowBlock block) throws IOException {
    while (!block.full()) {
      if (!items.hasNext()) {
        return false;
      }
      row(items.next(), block);
      events++;
    }
    return true;
  }

  private void row(IItem item, RowBlock block) throws IOException {
    Object[] values = new Object[fields.size()];
    long time = 0;
    for (int i = 0; i < values.length; i++) {
      values[i] = fields.get(i).value().getMember(item);
      if (fields.get(i).name().equals("startTime") && values[i] instanceof IQuantity start) {
        time = start.clampedLongValueIn(UnitLookup.EPOCH_NS);
      }
    }
    block.begin(time, firstOrdinal + events, true);
    block.put(Column.ACTION, action);
    block.put(Column.CATEGORY, eventMapping.category());
    block.put(Column.TYPE, eventMapping.type());
    block.put(Column.KIND, "event");
    block.put(Column.DATASET, "recording.jfr");
    String[] texts = new String[values.length];
    json.begin();
    for (int i = 0; i < values.length; i++) {
      Object value = values[i];
      if (value == null) {
        continue;
      }
      switch (fields.get(i).name()) {
        case "startTime" -> {}
        case "duration" -> {
          if (value instanceof IQuantity span) {
            block.put(Column.DURATION, span.clampedLongValueIn(UnitLookup.NANOSECOND));
          }
        }
        case "eventThread" -> block.put(Column.THREAD_NAME, text(value));
        case "stackTrace" -> stack(value, block);
        default -> field(i, value, texts, block);
      }
    }
    block.put(Column.FIELDS, json.end());
    block.put(Column.MESSAGE, message(texts));
    block.end();
  }

  private void field(int i, Object value, String[] texts, RowBlock block) {
    Object plain = value instanceof IQuantity quantity ? quantity.numberValue() : value;
    StringBuilder out = json.member(fields.get(i).jsonName());
    texts[i] = text(plain);
    if (plain instanceof Number || plain instanceof Boolean) {
      out.append(plain);
    } else {
      JsonText.quoted(out, texts[i]);
    }
    Column column = eventMapping.columns().get(fields.get(i).name());
    if (column == null && fields.get(i).name().equals("requestId")) {
      column = Column.REQUEST_ID;
    }
    if (column != null && column.kind() == Column.Kind.TEXT) {
      block.put(column, texts[i]);
    } else if (column != null && plain instanceof Number number) {
      block.put(column, number.longValue());
    }
  }

  private void stack(Object value, RowBlock block) throws IOException {
    if (value instanceof IMCStackTrace stack) {
      Long id = stacks.get(stack);
      if (id == null) {
        id = shelf.keep(frames(stack));
        stacks.put(stack, id);
      }
      block.stack(id);
    }
  }

  private static String frames(IMCStackTrace stack) {
    StringBuilder out = new StringBuilder(1024);
    for (IMCFrame frame : stack.getFrames()) {
      out.append(out.isEmpty() ? "" : "\n").append(method(frame.getMethod()));
      out.append("(line ").append(frame.getFrameLineNumber()).append(')');
    }
    return out.toString();
  }

  private static String method(IMCMethod method) {
    return method == null ? "?" : method.getType().getFullName() + "." + method.getMethodName();
  }

  private static String text(Object value) {
    if (value instanceof IMCType type) {
      return type.getFullName();
    }
    if (value instanceof IMCThread thread) {
      return thread.getThreadName();
    }
    if (value instanceof IMCMethod method) {
      return method(method);
    }
    return value instanceof IMCStackTrace stack ? frames(stack) : String.valueOf(value);
  }

  private String message(String[] texts) {
    if (known) {
      String[] parts = new String[told.size()];
      for (int i = 0; i < parts.length; i++) {
        int position = told.get(i);
        parts[i] = position < 0 ? null : texts[position];
      }
      return eventMapping.sentence().render(parts);
    }
    StringBuilder out = new StringBuilder(action);
    int shown = 0;
    for (int i = 0; i < texts.length && shown < 4; i++) {
      if (texts[i] != null && texts[i].length() <= 100) {
        out.append(shown++ == 0 ? ": " : ", ");
        out.append(fields.get(i).name()).append('=').append(texts[i]);
      }
    }
    return out.toString();
  }
}
