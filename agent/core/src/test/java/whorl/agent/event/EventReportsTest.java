package whorl.agent.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import whorl.agent.event.jfr.JfrEvents;
import whorl.agent.event.request.RequestLine;
import whorl.agent.event.time.EpochClock;
import whorl.agent.redact.Redactor;
import whorl.event.AgentEvent;
import whorl.event.CleanTexts;
import whorl.event.EventType;
import whorl.event.RequestContext;

/**
 * The typed methods through which hooks emit events give the values that their event type has, in
 * its order, and the JFR classes read them in this order.
 */
class EventReportsTest {
  /** The classes whose methods emit events; hooks have no other way. */
  private static final List<Class<?>> REPORTS =
      List.of(
          FileReports.class,
          NetworkReports.class,
          ProcessReports.class,
          CodeReports.class,
          EntryReports.class,
          ProbeReports.class,
          WatchReports.class);

  /** Parameters that are no values of an event. */
  private static final Set<Class<?>> NO_VALUES =
      Set.of(EventSink.class, EventContext.class, RequestContext.class, StackTraceElement[].class);

  static Stream<Method> reports() {
    return REPORTS.stream()
        .flatMap(type -> Stream.of(type.getDeclaredMethods()))
        .filter(method -> Modifier.isPublic(method.getModifiers()));
  }

  @Test
  void everyType_isReported() throws ReflectiveOperationException {
    Set<String> reported = new HashSet<>();
    for (Method report : reports().toList()) {
      reported.add(report(report, 0, new HashMap<>()).type().jfrName());
    }

    assertThat(reported)
        .isEqualTo(
            Stream.of(EventType.values())
                .map(EventType::jfrName)
                .filter(name -> name.startsWith("whorl."))
                .collect(Collectors.toSet()));
  }

  @ParameterizedTest
  @MethodSource("reports")
  void report_givesEachFieldOfItsType(Method report) throws ReflectiveOperationException {
    for (int parameter = 0; parameter < report.getParameterCount(); parameter++) {
      Map<String, Object> values = new HashMap<>();
      AgentEvent event = report(report, parameter, values);
      List<String> fields = new ArrayList<>(event.type().fields());
      if (!values.containsKey("repeated")) {
        fields.remove("repeated"); // the sink counts
      }

      assertThat(values.keySet()).containsExactlyInAnyOrderElementsOf(fields);
      for (String field : fields) {
        assertThat(event.value(event.type().indexOf(field))).as(field).isEqualTo(values.get(field));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("reports")
  void report_hasTheFieldsAsParameters_inTheirOrder(Method report)
      throws ReflectiveOperationException {
    List<String> names =
        Stream.of(report.getParameters())
            .filter(parameter -> !NO_VALUES.contains(parameter.getType()))
            .map(Parameter::getName)
            .toList();
    if (!names.contains("line")) {
      List<String> fields = report(report, 0, new HashMap<>()).type().fields();

      assertThat(fields).startsWith(names.toArray(new String[0]));
    }
  }

  /** The JFR classes read the values by position; each must get that of its own name. */
  @Test
  void reports_areRecorded_withEachValueInItsField(@TempDir Path folder) throws Exception {
    EventSink sink = new EventSink(new EpochClock());
    sink.record(new JfrEvents(new Redactor(List.of()), new CleanTexts(0), sink.selfTests()));
    List<Map<String, Object>> reported = new ArrayList<>();
    Path file = folder.resolve("reports.jfr");
    try (Recording recording = new Recording()) {
      for (EventType type : EventType.values()) {
        recording.enable(type.jfrName());
      }
      recording.start();
      for (Method report : reports().filter(EventReportsTest::isRecorded).toList()) {
        for (int trueAt = 0; trueAt < report.getParameterCount(); trueAt++) {
          Map<String, Object> values = new HashMap<>();
          report(sink, report, trueAt, values);
          reported.add(values);
        }
      }
      recording.dump(file);
    }

    List<RecordedEvent> recorded =
        RecordingFile.readAllEvents(file).stream()
            .filter(event -> event.getEventType().getName().startsWith("whorl."))
            .sorted(Comparator.comparing(RecordedEvent::getStartTime))
            .toList();
    assertThat(recorded).hasSameSizeAs(reported);
    for (int i = 0; i < recorded.size(); i++) {
      RecordedEvent event = recorded.get(i);
      reported
          .get(i)
          .forEach(
              (field, value) ->
                  assertThat(plain(event.getValue(field)))
                      .as("%s.%s", event.getEventType().getName(), field)
                      .isEqualTo(plain(value)));
    }
  }

  /** True for events that are emitted at once, on their own thread. */
  private static boolean isRecorded(Method report) {
    return !report.getName().endsWith("PastRecording") && !report.getName().endsWith("Earlier");
  }

  /** JFR has other types of numbers, and lists as text. */
  private static @Nullable Object plain(@Nullable Object value) {
    if (value instanceof Number number) {
      return number.longValue();
    }
    return value instanceof List<?> list ? String.valueOf(list.get(0)) : value;
  }

  /**
   * Emits an event with a different value for each field.
   *
   * @param trueAt the position of the parameter that is true if it is a boolean
   * @param values receives the values by the name of their field
   */
  private static AgentEvent report(Method report, int trueAt, Map<String, Object> values)
      throws ReflectiveOperationException {
    EventSink sink = new EventSink(new EpochClock());
    report(sink, report, trueAt, values);
    List<AgentEvent> events = sink.snapshot();
    assertThat(events).hasSize(1);
    return events.get(0);
  }

  private static void report(EventSink sink, Method report, int trueAt, Map<String, Object> values)
      throws ReflectiveOperationException {
    Parameter[] parameters = report.getParameters();
    Object[] arguments = new Object[parameters.length];
    for (int i = 0; i < parameters.length; i++) {
      Class<?> type = parameters[i].getType();
      if (type == EventSink.class) {
        arguments[i] = sink;
      } else if (type == EventContext.class) {
        arguments[i] = EventContext.of(1, "thread", List.of(), null);
      } else if (type == RequestContext.class) {
        arguments[i] = new RequestContext("id-", 0, "GET", "/", "", "192.0.2.1");
      } else if (type == StackTraceElement[].class) {
        arguments[i] = new StackTraceElement[0];
      } else if (type == RequestLine.class) {
        arguments[i] = line(values);
      } else {
        Object value = value(type, parameters[i].getName(), i, i == trueAt);
        arguments[i] = value;
        values.put(parameters[i].getName().replace("Nanos", ""), value);
      }
    }
    report.invoke(null, arguments);
  }

  private static RequestLine line(Map<String, Object> values) {
    for (RecordComponent component : RequestLine.class.getRecordComponents()) {
      values.put(component.getName(), "of " + component.getName());
    }
    return new RequestLine(
        "of server",
        "of method",
        "of path",
        "of query",
        "of remoteAddress",
        "of forwardedFor",
        "of userAgent",
        "of truncated");
  }

  private static Object value(Class<?> type, String name, int number, boolean flag) {
    if (type == String.class) {
      return "of " + name;
    }
    if (type == List.class) {
      return List.of("of " + name);
    }
    if (type == boolean.class || type == Boolean.class) {
      return flag;
    }
    return type == int.class || type == Integer.class ? (Object) number : (Object) (long) number;
  }
}
