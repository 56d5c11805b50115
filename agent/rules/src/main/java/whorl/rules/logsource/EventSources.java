package whorl.rules.logsource;

import static whorl.event.EventType.CONSOLE;
import static whorl.event.EventType.DNS_LOOKUP;
import static whorl.event.EventType.FILE_LINK;
import static whorl.event.EventType.FILE_OPEN;
import static whorl.event.EventType.FILE_RENAME;
import static whorl.event.EventType.HTTP_REQUEST;
import static whorl.event.EventType.PROCESS_START;
import static whorl.event.EventType.SOCKET_ACCEPT;
import static whorl.event.EventType.SOCKET_CONNECT;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import whorl.rules.logsource.EventSource.Condition;
import whorl.rules.match.FieldMap;
import whorl.rules.match.Fields;
import whorl.rules.match.KnownEnding;
import whorl.rules.match.RuleRefused;

/**
 * The logsources that have events here: those of product {@code jvm}, and those of other products
 * whose rules a JVM can answer. {@code docs/rules.md}, "Rules of others", has this table and
 * explains it.
 */
public final class EventSources {
  /** The program of this process is the launcher of a JDK or an image. */
  private static final String LAUNCHER = "/bin/java";

  private static final String JVM_PRODUCT = "jvm";
  private static final String LINUX = "linux";

  /** The remedy for a rule about the agent's own events that does not say so. */
  private static final String OWN = "; rules for the agent's own events have product 'jvm'";

  private static final List<EventSource> MAPPED = mapped();

  private EventSources() {}

  /** The logsources whose rules use other names than the events' own. */
  public static List<EventSource> ofOthers() {
    return MAPPED;
  }

  /**
   * The events that a logsource means.
   *
   * @throws RuleRefused if there are none
   */
  public static EventSource of(@Nullable Object logsource) throws RuleRefused {
    if (!(logsource instanceof Map<?, ?> map)) {
      throw new RuleRefused("logsource is missing or not a map");
    }
    Object product = map.get("product");
    Object category = map.get("category");
    Object service = map.get("service");
    if (service == null) {
      for (EventSource source : MAPPED) {
        if (Objects.equals(source.product(), product) && source.category().equals(category)) {
          return source;
        }
      }
    }
    if (!JVM_PRODUCT.equals(product)) {
      throw new RuleRefused(notSeen(product, category, service));
    }
    if (map.containsKey("service")) {
      throw new RuleRefused("logsource.service is not supported: product 'jvm' has no services");
    }
    Fields fields = category instanceof String word ? Fields.ofCategory(word) : null;
    if (fields == null) {
      throw new RuleRefused(
          "logsource.category is "
              + (category == null ? "missing" : RuleRefused.quoted(category))
              + ", not one of "
              + String.join(", ", Fields.categories())
              + ", application");
    }
    return new EventSource(JVM_PRODUCT, String.valueOf(category), fields, null);
  }

  private static String notSeen(
      @Nullable Object product, @Nullable Object category, @Nullable Object service) {
    if (LINUX.equals(product) && (service != null || category == null)) {
      return "logsource is a log of the system"
          + (service == null ? "" : ", " + RuleRefused.quoted(service))
          + ", which a JVM does not see";
    }
    if (product == null && "proxy".equals(category)) {
      return "logsource.category is 'proxy': requests that others send through a proxy; a JVM sees"
          + " those that it answers ('webserver')";
    }
    List<String> categories = new ArrayList<>();
    for (EventSource source : MAPPED) {
      if (Objects.equals(source.product(), product)) {
        categories.add(source.category());
      }
    }
    if (!categories.isEmpty() && product != null) {
      return "logsource.category is "
          + RuleRefused.quoted(category)
          + "; of product "
          + RuleRefused.quoted(product)
          + " a JVM sees only "
          + String.join(", ", categories);
    }
    if (product == null) {
      return "logsource has no product, and "
          + (category == null ? "no category" : "its category is " + RuleRefused.quoted(category))
          + "; without a product there is only "
          + String.join(", ", categories)
          + (category instanceof String word && Fields.ofCategory(word) != null ? OWN : "");
    }
    return "logsource.product is "
        + RuleRefused.quoted(product)
        + ", whose events no JVM sees"
        + ("java".equals(product) ? OWN : "");
  }

  private static List<EventSource> mapped() {
    List<EventSource> sources = new ArrayList<>();
    Fields console =
        new FieldMap(CONSOLE)
            .put("line", CONSOLE, "line")
            .put("stream", CONSOLE, "stream")
            .putCommon()
            .withKeywords(Fields.own(CONSOLE, "line"));
    for (String product : List.of(JVM_PRODUCT, "spring", "velocity")) {
      sources.add(new EventSource(product, "application", console, null));
    }
    sources.add(new EventSource(null, "webserver", webserver(), null));
    sources.add(new EventSource(null, "dns", dns("query", "answer").build(), null));
    sources.add(
        new EventSource(
            LINUX,
            "process_creation",
            processCreation(),
            isNot("process_creation", "pid", List.of(-1))));
    sources.add(
        new EventSource(
            LINUX,
            "file_event",
            new FieldMap(FILE_OPEN, FILE_RENAME, FILE_LINK)
                .put("TargetFilename", FILE_OPEN, "path")
                .put("TargetFilename", FILE_RENAME, "target")
                .put("TargetFilename", FILE_LINK, "path")
                .put(new KnownEnding("Image", LAUNCHER))
                .build(),
            written()));
    sources.add(
        new EventSource(
            LINUX,
            "network_connection",
            networkConnection(),
            isNot("network_connection", "transport", List.of("unix", "echo"))));
    sources.add(
        new EventSource(
            LINUX,
            "dns_query",
            dns("QueryName", "QueryResults").put(new KnownEnding("Image", LAUNCHER)).build(),
            null));
    return List.copyOf(sources);
  }

  private static Fields webserver() {
    FieldMap map = new FieldMap(HTTP_REQUEST);
    map.put("cs-method", HTTP_REQUEST, "method");
    for (String name : List.of("cs-uri-stem", "c-uri-stem")) {
      map.put(name, HTTP_REQUEST, "path");
    }
    for (String name : List.of("cs-uri-query", "c-uri-query")) {
      map.put(name, HTTP_REQUEST, RequestUri.QUERY_OR_WHOLE);
    }
    for (String name : List.of("cs-uri", "c-uri")) {
      map.put(name, HTTP_REQUEST, RequestUri.WHOLE);
    }
    for (String name : List.of("cs-uri-extension", "c-uri-extension")) {
      map.put(name, HTTP_REQUEST, PathExtension.OF_REQUEST);
    }
    for (String name : List.of("cs-user-agent", "c-useragent")) {
      map.put(name, HTTP_REQUEST, "userAgent");
    }
    for (String name : List.of("c-ip", "src_ip")) {
      map.put(name, HTTP_REQUEST, "remoteAddress");
    }
    map.put("sc-status", HTTP_REQUEST, "status");
    return map.withKeywords(RequestUri.LINE, Fields.own(HTTP_REQUEST, "userAgent"));
  }

  private static Fields processCreation() {
    return new FieldMap(PROCESS_START)
        .put("CommandLine", PROCESS_START, "command")
        .put("Image", PROCESS_START, ProgramImage.OF_COMMAND)
        .putIfKnown("CurrentDirectory", PROCESS_START, "directory")
        .putIfKnown("ProcessId", PROCESS_START, "pid")
        .put(new KnownEnding("ParentImage", LAUNCHER))
        .withKeywords(Fields.own(PROCESS_START, "command"));
  }

  private static Fields networkConnection() {
    return new FieldMap(SOCKET_CONNECT, SOCKET_ACCEPT)
        .putIfKnown("DestinationIp", SOCKET_CONNECT, "address")
        .put("DestinationPort", SOCKET_CONNECT, "port")
        .put("DestinationPort", SOCKET_ACCEPT, "localPort")
        .putIfKnown("DestinationHostname", SOCKET_CONNECT, "host")
        .putIfKnown("SourceIp", SOCKET_ACCEPT, "address")
        .put("SourcePort", SOCKET_ACCEPT, "port")
        .put("Protocol", SOCKET_CONNECT, "transport")
        .put("Initiated", SOCKET_CONNECT, new FixedValue(true))
        .put("Initiated", SOCKET_ACCEPT, new FixedValue(false))
        .put(new KnownEnding("Image", LAUNCHER))
        .build();
  }

  private static FieldMap dns(String name, String answer) {
    return new FieldMap(DNS_LOOKUP)
        .put(name, DNS_LOOKUP, "host")
        .putIfKnown(answer, DNS_LOOKUP, "addresses");
  }

  /** Leaves out starts that failed, and connections that are not to an address. */
  private static Condition isNot(String category, String field, List<?> values) {
    return new Condition(
        Objects.requireNonNull(Fields.ofCategory(category)), Map.of(field + "|neq", values));
  }

  /** A file that was opened for writing, or that got its name. */
  private static Condition written() {
    return new Condition(
        Objects.requireNonNull(Fields.ofCategory("file_event")),
        List.of(
            Map.of(
                "event",
                "FileOpen",
                "access",
                List.of("write", "append", "read-write"),
                "failed|neq",
                true),
            Map.of("event", "FileOpen", "created", true),
            Map.of("event", List.of("FileRename", "FileLink"))));
  }
}
