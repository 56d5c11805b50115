package whorl.agent.event.jfr;

import java.util.ArrayList;
import java.util.List;
import jdk.jfr.Event;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Name;
import org.jspecify.annotations.Nullable;
import whorl.event.EventType;

/**
 * The JFR types of the agent's events. A type finds its writer by position, so that a thread of the
 * application loads and allocates nothing for it.
 */
final class JfrTypes {
  private final @Nullable RequestEvent[] writers = new RequestEvent[EventType.values().length];

  private JfrTypes() {}

  /** Registers all types, so that a recording's settings apply to them. */
  static JfrTypes register() {
    JfrTypes types = new JfrTypes();
    FileEvents.addTo(types);
    NetworkEvents.addTo(types);
    ProcessEvents.addTo(types);
    CodeEvents.addTo(types);
    EntryEvents.addTo(types);
    WatchEvents.addTo(types);
    ProbeEvents.addTo(types);
    return types;
  }

  /** Registers the JFR type of this type of event. */
  void add(EventType type, RequestEvent writer) {
    FlightRecorder.register(writer.getClass());
    writers[type.ordinal()] = writer;
  }

  /** The JFR type that writes events of this type; null if the agent does not write it. */
  @Nullable RequestEvent writer(EventType type) {
    return writers[type.ordinal()];
  }

  /**
   * Registers the types that another class has unregistered.
   *
   * @return their names
   */
  List<String> registerAgain() {
    List<jdk.jfr.EventType> there = FlightRecorder.getFlightRecorder().getEventTypes();
    List<String> missing = new ArrayList<>();
    for (RequestEvent writer : writers) {
      if (writer != null && !isAmong(there, writer.getClass())) {
        FlightRecorder.register(writer.getClass());
        missing.add(nameOf(writer.getClass()));
      }
    }
    return missing;
  }

  private static boolean isAmong(List<jdk.jfr.EventType> there, Class<? extends Event> type) {
    try {
      return there.contains(jdk.jfr.EventType.getEventType(type));
    } catch (IllegalStateException unregistered) {
      return false;
    }
  }

  private static String nameOf(Class<? extends Event> type) {
    Name name = type.getAnnotation(Name.class);
    return name == null ? type.getName() : name.value();
  }
}
