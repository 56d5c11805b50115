package whorl.agent.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.Reader;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jdk.jfr.FlightRecorder;
import jdk.jfr.ValueDescriptor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import whorl.agent.event.jfr.JfrEvents;
import whorl.agent.redact.Redactor;

/** Every event type is known to each part of the agent and each document that lists event types. */
class EventCatalogueTest {
  private static final Path SETTINGS = Path.of("src/main/resources/whorl/recording.properties");
  private static final Path DOCUMENT = Path.of("../../docs/captures.md");

  private static Set<String> ours() {
    return Stream.of(EventType.values())
        .map(EventType::jfrName)
        .filter(each -> each.startsWith("whorl."))
        .collect(Collectors.toSet());
  }

  @Test
  void everyType_isAJfrType_withTheSameFields() {
    new JfrEvents(new Redactor(List.of()), new CleanTexts(0), new SelfTestProgress());
    Map<String, jdk.jfr.EventType> registered =
        FlightRecorder.getFlightRecorder().getEventTypes().stream()
            .filter(each -> each.getName().startsWith("whorl."))
            .collect(Collectors.toMap(jdk.jfr.EventType::getName, Function.identity()));

    assertThat(registered.keySet()).containsExactlyInAnyOrderElementsOf(ours());
    for (EventType type : EventType.values()) {
      if (ours().contains(type.jfrName())) {
        assertThat(registered.get(type.jfrName()).getFields())
            .as(type.jfrName())
            .extracting(ValueDescriptor::getName)
            .containsAll(type.fields());
      }
    }
  }

  @Test
  void everyType_isRecorded_withAStackWhereItHasOne() throws IOException {
    Properties settings = new Properties();
    try (Reader in = Files.newBufferedReader(SETTINGS)) {
      settings.load(in);
    }

    for (EventType type : EventType.values()) {
      if (type.jfrName().startsWith("whorl.")) {
        assertThat(settings).as(type.jfrName()).containsEntry(type.jfrName() + "#enabled", "true");
        assertThat(settings.getProperty(type.jfrName() + "#stackTrace", "true"))
            .as(type.jfrName())
            .isEqualTo(String.valueOf(type.hasStack()));
      }
    }
  }

  /** The classes whose methods emit events; hooks have no other way. */
  private static final List<Class<?>> REPORTS =
      List.of(
          FileReports.class,
          NetworkReports.class,
          ProcessReports.class,
          CodeReports.class,
          EntryReports.class,
          WatchReports.class);

  /** Parameters that are no values of an event. */
  private static final Set<Class<?>> NO_VALUES =
      Set.of(
          EventSink.class, EventContext.class, RequestContext.class, StackTraceElement[].class);

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

    assertThat(reported).isEqualTo(ours());
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
        assertThat(event.value(event.type().indexOf(field)))
            .as(field)
            .isEqualTo(values.get(field));
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

  /**
   * Emits an event with a different value for each field.
   *
   * @param trueAt the position of the parameter that is true if it is a boolean
   * @param values receives the values by the name of their field
   */
  private static AgentEvent report(Method report, int trueAt, Map<String, Object> values)
      throws ReflectiveOperationException {
    EventSink sink = new EventSink(new EpochClock());
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
    List<AgentEvent> events = sink.snapshot();
    assertThat(events).hasSize(1);
    return events.get(0);
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

  @Test
  void everyType_isDocumented() throws IOException {
    String document = Files.readString(DOCUMENT);

    assertThat(ours()).allSatisfy(each -> assertThat(document).contains("`" + each + "`"));
  }
}
