package whorl.agent.hook.entry;

import static whorl.agent.hook.weave.HookPoint.point;
import static whorl.agent.hook.weave.JoinPoint.always;
import static whorl.agent.hook.weave.Operand.FAILURE;
import static whorl.agent.hook.weave.Operand.argument;

import java.io.InvalidClassException;
import java.io.ObjectStreamClass;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.agent.event.EntryReports;
import whorl.agent.event.EventSink;
import whorl.agent.hook.weave.Hook;
import whorl.agent.hook.weave.HookPoint;
import whorl.agent.hook.weave.Operand;
import whorl.agent.hook.weave.ThreadState;

/**
 * Java object streams: the class of the root object, rejections by a filter, and each class of a
 * known gadget chain, before an object of it is created. The JDK checks a class once for each
 * description of it in a stream, not once for each object, so this costs little. Its own event
 * {@code jdk.Deserialization} comes a second later, without a thread to stop.
 */
public final class DeserializationHook implements Hook {
  private static final String STREAM = "java/io/ObjectInputStream";
  private static final int CHECKED = 0;
  private static final int RESOLVED = 1;
  private static final long ROOT = 1;
  private static final long WINDOW_NANOS = 10_000_000_000L;

  private final EventSink sink;
  private final GadgetClasses gadgets = new GadgetClasses();
  private final RepeatFilter repeatFilter = new RepeatFilter(WINDOW_NANOS);

  public DeserializationHook(EventSink sink) {
    this.sink = sink;
  }

  @Override
  public String group() {
    return "deserialization";
  }

  @Override
  public List<HookPoint> joinPoints() {
    return List.of(
        point(
            CHECKED,
            always(
                STREAM,
                "filterCheck",
                "(Ljava/lang/Class;I)",
                argument(0),
                argument(1),
                FAILURE,
                new Operand.SelfField("depth", "J"),
                new Operand.SelfField("serialFilter", "Ljava/io/ObjectInputFilter;"))),
        point(
            RESOLVED,
            always(STREAM, "resolveClass", "(Ljava/io/ObjectStreamClass;)", argument(0), FAILURE)));
  }

  @Override
  public Map<String, Long> losses() {
    return Map.of("deserialization.repeated", repeatFilter.repeated());
  }

  @Override
  public void observe(int at, @Nullable Object[] values, ThreadState thread) {
    switch (at) {
      case CHECKED -> checked(values);
      case RESOLVED -> resolved(values);
      default -> throw HookPoint.unknown(at);
    }
  }

  private void resolved(@Nullable Object[] values) {
    if (values[1] instanceof ClassNotFoundException
        && values[0] instanceof ObjectStreamClass missing
        && GadgetClasses.isGadget(missing.getName())) {
      // An attack with classes that this application does not have.
      report(missing.getName(), "NOT_FOUND", true, 0);
    }
  }

  private void checked(@Nullable Object[] values) {
    if (!(values[0] instanceof Class<?> type)
        || !(values[3] instanceof Long depth)
        || !(values[1] instanceof Integer arrayLength)) {
      return; // a reference to an object that was read before
    }
    boolean rejected = values[2] instanceof InvalidClassException;
    boolean gadget = gadgets.isGadget(type);
    if (rejected || gadget || depth == ROOT && arrayLength < 0) {
      report(
          type.getName(),
          rejected ? "REJECTED" : values[4] == null ? null : "PASSED",
          gadget,
          depth);
    }
  }

  private void report(String type, @Nullable String status, boolean gadget, long depth) {
    String kind = gadget || "REJECTED".equals(status) ? RequestKey.of("notable") : "root";
    if (repeatFilter.admit(kind, type) != RepeatFilter.SUPPRESSED) {
      EntryReports.deserialized(sink, type, status, gadget, depth);
    }
  }
}
