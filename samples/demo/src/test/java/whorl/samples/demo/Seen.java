package whorl.samples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import jdk.jfr.ValueDescriptor;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;
import org.openjdk.jmc.common.IMCFrame;
import org.openjdk.jmc.common.IMCStackTrace;
import org.openjdk.jmc.common.item.IAccessorKey;
import org.openjdk.jmc.common.item.IItem;
import org.openjdk.jmc.common.item.IItemIterable;
import org.openjdk.jmc.common.item.IMemberAccessor;
import org.openjdk.jmc.common.item.IType;
import org.openjdk.jmc.common.unit.IQuantity;
import org.openjdk.jmc.common.unit.QuantityConversionException;
import org.openjdk.jmc.common.unit.UnitLookup;
import org.openjdk.jmc.flightrecorder.CouldNotLoadRecordingException;
import org.openjdk.jmc.flightrecorder.JfrAttributes;
import org.openjdk.jmc.flightrecorder.JfrLoaderToolkit;

/**
 * One event of a recording, as any of the parsers read it.
 *
 * @param frames {@code class.method}, the innermost first
 */
record Seen(String type, Instant time, Map<String, String> fields, List<String> frames) {

  /** All Whorl events, by JMC's library. */
  static List<Seen> byMissionControl(Path recording) {
    List<Seen> all = new ArrayList<>();
    try {
      for (IItemIterable ofOneType : JfrLoaderToolkit.loadEvents(recording.toFile())) {
        IType<IItem> type = ofOneType.getType();
        if (type.getIdentifier().startsWith("whorl.")) {
          for (IItem item : ofOneType) {
            all.add(of(type, item));
          }
        }
      }
    } catch (IOException | CouldNotLoadRecordingException | QuantityConversionException e) {
      throw new AssertionError(recording + " does not open in JMC's library", e);
    }
    return all;
  }

  private static Seen of(IType<IItem> type, IItem item) throws QuantityConversionException {
    Map<String, String> fields = new HashMap<>();
    for (IAccessorKey<?> key : type.getAccessorKeys().keySet()) {
      IMemberAccessor<?, IItem> accessor = type.getAccessor(key);
      Object value = accessor == null ? null : accessor.getMember(item);
      if (value != null) {
        fields.put(key.getIdentifier(), value.toString());
      }
    }
    IQuantity start = JfrAttributes.START_TIME.getAccessor(type).getMember(item);
    List<String> frames = new ArrayList<>();
    IMemberAccessor<IMCStackTrace, IItem> stack = JfrAttributes.EVENT_STACKTRACE.getAccessor(type);
    IMCStackTrace trace = stack == null ? null : stack.getMember(item);
    if (trace != null) {
      for (IMCFrame frame : trace.getFrames()) {
        frames.add(
            frame.getMethod().getType().getFullName() + "." + frame.getMethod().getMethodName());
      }
    }
    return new Seen(
        type.getIdentifier(),
        Instant.ofEpochMilli(start.longValueIn(UnitLookup.EPOCH_MS)),
        fields,
        frames);
  }

  /** All Whorl events, by the JDK's parser. */
  static List<Seen> byTheJdk(Path recording) {
    List<Seen> all = new ArrayList<>();
    try (RecordingFile file = new RecordingFile(recording)) {
      while (file.hasMoreEvents()) {
        RecordedEvent event = file.readEvent();
        if (event.getEventType().getName().startsWith("whorl.")) {
          all.add(of(event));
        }
      }
    } catch (IOException e) {
      throw new AssertionError(recording + " does not open in the JDK's parser", e);
    }
    return all;
  }

  private static Seen of(RecordedEvent event) {
    Map<String, String> fields = new HashMap<>();
    for (ValueDescriptor field : event.getFields()) {
      Object value = event.getValue(field.getName());
      if (value != null) {
        fields.put(field.getName(), value.toString());
      }
    }
    List<String> frames = new ArrayList<>();
    if (event.getStackTrace() != null) {
      for (RecordedFrame frame : event.getStackTrace().getFrames()) {
        frames.add(frame.getMethod().getType().getName() + "." + frame.getMethod().getName());
      }
    }
    return new Seen(event.getEventType().getName(), event.getStartTime(), fields, frames);
  }

  /** When the recording's first event happened, any event. */
  static Instant beginning(Path recording) {
    Instant first = Instant.MAX;
    try (RecordingFile file = new RecordingFile(recording)) {
      while (file.hasMoreEvents()) {
        Instant start = file.readEvent().getStartTime();
        first = start.isBefore(first) ? start : first;
      }
    } catch (IOException e) {
      throw new AssertionError(recording + " does not open in the JDK's parser", e);
    }
    return first;
  }

  /** Checks that every step of the attack is there, on the thread of the request that took it. */
  static void assertAttack(List<Seen> events) {
    assertSeen(events, "whorl.FileOpen", "path", "/proc/self/environ", "InvoicesController.view");
    assertSeen(events, "whorl.ClassDefine", "className", "Promo", "ProductsController.products");
    assertSeen(events, "whorl.DnsLookup", "host", "localhost", "ProductsController.products");
    assertSeen(
        events, "whorl.SocketConnect", "address", "127.0.0.1", "ProductsController.products");
    assertSeen(events, "whorl.ProcessStart", "command", "/bin/sh", "ProductsController.products");
  }

  static void assertSeen(
      List<Seen> events, String type, String field, String value, String onStack) {
    assertThat(events)
        .as("%s with %s containing %s, below %s", type, field, value, onStack)
        .anyMatch(
            event ->
                event.type().equals(type)
                    && event.fields().getOrDefault(field, "").contains(value)
                    && event.frames().stream().anyMatch(frame -> frame.endsWith(onStack)));
  }
}
