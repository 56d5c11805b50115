package whorl.event;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The kinds of events, each with its JFR name, the Sigma category by which rules select it, and its
 * fields in the order of the values of an {@link AgentEvent}.
 */
public enum EventType {
  FILE_OPEN(
      "whorl.FileOpen",
      "file_event",
      "path",
      "access",
      "created",
      "failed",
      "realPath",
      "repeated"),
  FILE_DELETE("whorl.FileDelete", "file_event", "path", "realPath"),
  FILE_RENAME("whorl.FileRename", "file_event", "path", "target", "realPath", "realTarget"),
  FILE_LINK("whorl.FileLink", "file_event", "path", "target", "realPath", "realTarget"),
  FILE_MODE("whorl.FileMode", "file_event", "path", "mode", "realPath", "folder"),
  FILE_ATTRIBUTE("whorl.FileAttribute", "file_event", "path", "attribute", "value", "realPath"),
  FILE_PROBE("whorl.FileProbe", "file_event", "path", "operation", "found", "realPath"),
  FOLDER_CREATE("whorl.FolderCreate", "file_event", "path", "realPath"),
  SOCKET_CONNECT(
      "whorl.SocketConnect",
      "network_connection",
      "host",
      "address",
      "port",
      "transport",
      "namedByRequest"),
  SOCKET_ACCEPT("whorl.SocketAccept", "network_connection", "address", "port", "localPort"),
  SOCKET_BIND("whorl.SocketBind", "network_connection", "address", "port"),
  DNS_LOOKUP("whorl.DnsLookup", "dns_query", "host", "addresses"),
  PROCESS_START("whorl.ProcessStart", "process_creation", "command", "directory", "pid", "origin"),
  PROCESS_EXIT("whorl.ProcessExit", null, "pid", "exitCode"),
  CLASS_LOAD("whorl.ClassLoad", "class_load", "className", "loader", "codeSource"),
  CLASS_DEFINE(
      "whorl.ClassDefine",
      "class_load",
      "className",
      "loader",
      "origin",
      "size",
      "sha256",
      "hidden",
      "generator"),
  LIBRARY_LOAD("whorl.LibraryLoad", "library_load", "path"),
  NATIVE_SYMBOL("whorl.NativeSymbol", "library_load", "symbol"),
  JNDI_LOOKUP("whorl.JndiLookup", "jndi_lookup", "name"),
  JNDI_ANSWER(
      "whorl.JndiAnswer", "jndi_lookup", "name", "resolved", "factory", "codebase", "failed"),
  DESERIALIZATION(
      "whorl.Deserialization", "deserialization", "type", "filterStatus", "gadget", "depth"),
  SCRIPT_EVAL("whorl.ScriptEval", "script_eval", "engine", "source", "repeated"),
  REFLECTION("whorl.Reflection", "reflection", "className", "member", "by"),
  LOADER_CREATE("whorl.LoaderCreate", "class_load", "loader", "urls"),
  XML_ENTITY("whorl.XmlEntity", "xml_entity", "systemId", "publicId", "base", "kind"),
  HTTP_REQUEST(
      "whorl.HttpRequest",
      "http_request",
      "method",
      "path",
      "query",
      "remoteAddress",
      "status",
      "server",
      "forwardedFor",
      "userAgent",
      "requestBytes",
      "responseBytes",
      "elapsed",
      "truncated",
      "repeated"),
  REGISTRATION("whorl.Registration", "registration", "kind", "className", "target"),
  AGENT_LOAD("whorl.AgentLoad", "agent_load", "jar", "options", "className"),
  TAMPER("whorl.Tamper", "tamper", "what", "target", "detail"),
  CONSOLE("whorl.Console", null, "stream", "line"),
  /** A call of a method that a person probes. */
  METHOD_CALL(
      "whorl.MethodCall", null, "probe", "className", "method", "arguments", "thrown", "elapsed"),
  ALERT("whorl.Alert", null, "id", "rule", "level", "title"),
  /** An event with which the agent tests itself; never kept. */
  SELF_TEST("agent.SelfTest", null, "number"),
  JDK_DESERIALIZATION(
      "jdk.Deserialization", "deserialization", "type", "filterStatus", "arrayLength"),
  JDK_SECURITY_PROPERTY("jdk.SecurityPropertyModification", "tamper", "key", "value"),
  JDK_CERTIFICATE(
      "jdk.X509Certificate", "network_connection", "subject", "issuer", "algorithm", "keyLength"),
  JDK_JAVA_AGENT("jdk.JavaAgent", "agent_load", "name", "options", "dynamic"),
  JDK_NATIVE_AGENT("jdk.NativeAgent", "agent_load", "name", "options", "dynamic"),
  JDK_LIBRARY("jdk.NativeLibraryLoad", "library_load", "name", "success", "errorMessage");

  private final String jfrName;
  private final @Nullable String category;
  private final List<String> fields;

  EventType(String jfrName, @Nullable String category, String... fields) {
    this.jfrName = jfrName;
    this.category = category;
    this.fields = List.of(fields);
  }

  /** The type with this JFR name, or null; it looks at each type. */
  public static @Nullable EventType named(String jfrName) {
    for (EventType type : values()) {
      if (type.jfrName.equals(jfrName)) {
        return type;
      }
    }
    return null;
  }

  /** For example {@code whorl.FileOpen}. */
  public String jfrName() {
    return jfrName;
  }

  /** The Sigma {@code logsource.category}; null if no rule sees the type. */
  public @Nullable String category() {
    return category;
  }

  /** The Elastic Common Schema's {@code event.category} of this type's timeline rows. */
  public String ecsCategory() {
    return switch (category == null ? "" : category) {
      case "tamper" -> "intrusion_detection";
      case "process_creation", "deserialization", "script_eval", "reflection" -> "process";
      case "network_connection", "dns_query", "jndi_lookup" -> "network";
      case "class_load", "library_load", "agent_load" -> "library";
      case "registration" -> "configuration";
      case "http_request" -> "web";
      case "file_event", "xml_entity" -> "file";
      default -> "host";
    };
  }

  /**
   * Field names, in the order of {@link AgentEvent#value}. An event may omit trailing values, which
   * are then null.
   */
  public List<String> fields() {
    return fields;
  }

  /** True if the agent writes the type into the recording; the JDK writes its own types. */
  public boolean isRecorded() {
    return jfrName.startsWith("whorl.");
  }

  /**
   * True if a single event of this type is worth keeping: it is rare, and its stack is kept even if
   * no rule reads it. Events of the other types arrive by the thousand.
   */
  public boolean isSignificant() {
    return switch (this) {
      case FILE_OPEN,
          FILE_ATTRIBUTE,
          FILE_PROBE,
          FOLDER_CREATE,
          SOCKET_CONNECT,
          SOCKET_ACCEPT,
          SOCKET_BIND,
          DNS_LOOKUP,
          CLASS_LOAD,
          HTTP_REQUEST,
          CONSOLE,
          METHOD_CALL,
          PROCESS_EXIT,
          SELF_TEST,
          JDK_DESERIALIZATION,
          JDK_CERTIFICATE ->
          false;
      default -> true;
    };
  }

  /**
   * True if the stack is useful. It is not for a class load, whose stack is that of the first user,
   * and for the end of a request, whose stack is the server's. The recording has the same settings.
   */
  public boolean hasStack() {
    return switch (this) {
      case CLASS_LOAD, HTTP_REQUEST, CONSOLE, SELF_TEST -> false;
      default -> true;
    };
  }

  /**
   * For a number that nearly always differs: how many low bits are ignored when events are
   * compared; only the magnitude above them counts. 0 if the whole value is compared.
   */
  public int magnitudeFrom(int index) {
    return this != HTTP_REQUEST
        ? 0
        : switch (index) {
          case 8, 9 -> 10; // bytes: from 1 KiB
          case 10 -> 30; // nanoseconds: from about a second
          default -> 0;
        };
  }

  /** True if events that count as equal may differ in this field. */
  public boolean isVarying(int index) {
    return magnitudeFrom(index) != 0 || fields.get(index).equals("repeated");
  }

  /** The position of a field, or -1. */
  public int indexOf(String field) {
    return fields.indexOf(field);
  }
}
