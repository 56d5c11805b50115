package whorl.collector.timeline.read.mapping;

import static whorl.collector.timeline.Column.*;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.event.EventType;

/** The table of event types with their own mapping; all others use {@link #defaultMapping}. */
public final class EventMappings {
  private static final Map<String, EventMapping> TABLE = new HashMap<>();

  private static final MessageTemplate CONSOLE = MessageTemplate.of("console, {stream}: {line}");

  static {
    files();
    network();
    processes();
    code();
    entryPoints();
    others();
    jdk();
  }

  private EventMappings() {}

  /** The mapping of this event type, or null. */
  public static @Nullable EventMapping find(String eventType) {
    return TABLE.get(eventType);
  }

  /**
   * The mapping of event types that have none of their own. For an event of the agent it has the
   * category that follows from the rules' category, and a sentence of all fields.
   */
  public static EventMapping defaultMapping(String eventType) {
    boolean ours = eventType.startsWith("whorl.");
    EventType type = ours ? EventType.named(eventType) : null;
    if (type != null) {
      return EventMapping.of(type.ecsCategory(), "info", sentenceOf(type));
    }
    return EventMapping.of(ours || eventType.startsWith("jdk.") ? "host" : "process", "info", "");
  }

  /** Such as {@code FileDelete[, path {path}][, realPath {realPath}]}. */
  private static String sentenceOf(EventType type) {
    StringBuilder sentence = new StringBuilder(type.jfrName().substring("whorl.".length()));
    for (String field : type.fields()) {
      sentence.append("[, ").append(field).append(" {").append(field).append("}]");
    }
    return sentence.toString();
  }

  /** The message of a console line, from any artifact. */
  public static MessageTemplate console() {
    return CONSOLE;
  }

  private static void add(
      String eventType, String category, String type, String sentence, Object... columns) {
    TABLE.put(eventType, EventMapping.of(category, type, sentence, columns));
  }

  private static void files() {
    add(
        "whorl.FileOpen",
        "file",
        "access",
        "opened {path}[ to {access}][, which is {realPath}][, and {+repeated} more like it before]",
        "path",
        FILE_PATH);
    add(
        "whorl.FileDelete",
        "file",
        "deletion",
        "deleted {path}[, which was {realPath}]",
        "path",
        FILE_PATH);
    add(
        "whorl.FileRename",
        "file",
        "change",
        "renamed {path} to {target}",
        "path",
        FILE_PATH,
        "target",
        FILE_TARGET);
    add(
        "whorl.FileLink",
        "file",
        "creation",
        "made the link {path} to {target}",
        "path",
        FILE_PATH,
        "target",
        FILE_TARGET);
    add(
        "whorl.FileMode",
        "file",
        "change",
        "set the mode of {path}[, which is {realPath},] to {mode}",
        "path",
        FILE_PATH,
        "mode",
        FILE_MODE);
    add(
        "whorl.FileAttribute",
        "file",
        "change",
        "set {attribute} of {path}[ to {value}][, which is {realPath}]",
        "path",
        FILE_PATH);
    add(
        "whorl.FileProbe",
        "file",
        "access",
        "asked by {operation} for {path}[, which is {realPath}]",
        "path",
        FILE_PATH);
    add(
        "whorl.FolderCreate",
        "file",
        "creation",
        "made the folder {path}[, which is {realPath}]",
        "path",
        FILE_PATH);
  }

  private static void network() {
    add(
        "whorl.SocketConnect",
        "network",
        "connection",
        "connected to [{host} ]({address}) port {port}[ over {transport}]",
        "host",
        DESTINATION_DOMAIN,
        "address",
        DESTINATION_IP,
        "port",
        DESTINATION_PORT,
        "transport",
        TRANSPORT);
    add(
        "whorl.SocketAccept",
        "network",
        "connection",
        "accepted a connection from {address} port {port}[ at port {localPort}]",
        "address",
        SOURCE_IP,
        "port",
        SOURCE_PORT,
        "localPort",
        DESTINATION_PORT);
    add(
        "whorl.SocketBind",
        "network",
        "start",
        "bound {address} port {port}",
        "address",
        DESTINATION_IP,
        "port",
        DESTINATION_PORT);
    add(
        "whorl.DnsLookup",
        "network",
        "access",
        "looked up {host}[: {addresses}]",
        "host",
        DNS_NAME,
        "addresses",
        DNS_ADDRESSES);
    add("whorl.JndiLookup", "network", "access", "JNDI lookup of {name}", "name", DNS_NAME);
    add(
        "whorl.JndiAnswer",
        "network",
        "access",
        "JNDI lookup of {name} led to[ class {resolved}][ factory {factory}][ from {codebase}][, and"
            + " failed: {failed}]",
        "resolved",
        CLASS_NAME,
        "failed",
        ERROR);
  }

  private static void processes() {
    add(
        "whorl.ProcessStart",
        "process",
        "start",
        "started {command}[ in {directory}][ as process {pid}][, {origin}]",
        "command",
        COMMAND_LINE,
        "directory",
        WORKING_DIRECTORY,
        "pid",
        PROCESS_PID);
    add(
        "whorl.ProcessExit",
        "process",
        "end",
        "process {pid} ended with status {exitCode}",
        "pid",
        PROCESS_PID,
        "exitCode",
        EXIT_CODE);
  }

  private static void code() {
    add(
        "whorl.ClassLoad",
        "library",
        "start",
        "loaded class {className}[ from {codeSource}]",
        "className",
        CLASS_NAME,
        "loader",
        CLASS_LOADER,
        "codeSource",
        CLASS_ORIGIN);
    add(
        "whorl.ClassDefine",
        "library",
        "creation",
        "defined class {className}[ by {generator}][, {origin}]",
        "className",
        CLASS_NAME,
        "loader",
        CLASS_LOADER,
        "origin",
        CLASS_ORIGIN,
        "size",
        FILE_SIZE,
        "sha256",
        FILE_SHA256);
    add("whorl.LibraryLoad", "library", "start", "loaded native library {path}", "path", FILE_PATH);
    add("whorl.NativeSymbol", "library", "access", "looked up native function {symbol}");
    add(
        "whorl.LoaderCreate",
        "library",
        "creation",
        "made a class loader for {urls}",
        "loader",
        CLASS_LOADER,
        "urls",
        CLASS_ORIGIN);
    add(
        "whorl.AgentLoad",
        "library",
        "start",
        "loaded Java agent[ {className}][ {jar}][ with {options}]",
        "jar",
        FILE_PATH,
        "className",
        CLASS_NAME);
    add(
        "whorl.Registration",
        "configuration",
        "creation",
        "registered the {kind} {className}[ for {target}]",
        "className",
        CLASS_NAME,
        "target",
        URL_PATH);
  }

  private static void entryPoints() {
    add(
        "whorl.HttpRequest",
        "web",
        "access",
        "{method} {path}[?{query}][ from {remoteAddress}][, answered {status}]"
            + "[, and {+repeated} more like it before]",
        "method",
        REQUEST_METHOD,
        "path",
        URL_PATH,
        "query",
        URL_QUERY,
        "remoteAddress",
        SOURCE_IP,
        "status",
        RESPONSE_STATUS,
        "userAgent",
        USER_AGENT);
    add(
        "whorl.Deserialization",
        "process",
        "access",
        "deserialized {type}[, a known gadget: {gadget}]",
        "type",
        CLASS_NAME);
    add(
        "whorl.ScriptEval",
        "process",
        "start",
        "evaluated in {engine}: {source}[, and {+repeated} more like it before]");
    add(
        "whorl.Reflection",
        "process",
        "access",
        "reached {className}.{member}[ by {by}]",
        "className",
        CLASS_NAME);
    add(
        "whorl.XmlEntity",
        "file",
        "access",
        "resolved the XML entity {systemId}[ of {base}]",
        "systemId",
        FILE_PATH);
  }

  private static void others() {
    add(
        "whorl.Tamper",
        "intrusion_detection",
        "change",
        "tampering: {what}[ {target}][: {detail}]");
    add(
        "whorl.MethodCall",
        "process",
        "info",
        "called {className}.{method}[ with {arguments}][, which threw {thrown}]",
        "className",
        CLASS_NAME);
    TABLE.put("whorl.Console", new EventMapping("process", "info", CONSOLE, Map.of()));
    add(
        "whorl.Alert",
        "intrusion_detection",
        "info",
        "alert, {level}: {title}",
        "rule",
        RULE_ID,
        "title",
        RULE_NAME);
  }

  private static void jdk() {
    add("jdk.FileRead", "file", "access", "read {bytesRead} bytes of {path}", "path", FILE_PATH);
    add(
        "jdk.FileWrite",
        "file",
        "change",
        "wrote {bytesWritten} bytes to {path}",
        "path",
        FILE_PATH);
    add("jdk.FileForce", "file", "change", "forced {path}", "path", FILE_PATH);
    add(
        "jdk.SocketRead",
        "network",
        "info",
        "read {bytesRead} bytes from [{host} ]({address}) port {port}",
        "host",
        DESTINATION_DOMAIN,
        "address",
        DESTINATION_IP,
        "port",
        DESTINATION_PORT);
    add(
        "jdk.SocketWrite",
        "network",
        "info",
        "wrote {bytesWritten} bytes to [{host} ]({address}) port {port}",
        "host",
        DESTINATION_DOMAIN,
        "address",
        DESTINATION_IP,
        "port",
        DESTINATION_PORT);
    add(
        "jdk.ProcessStart",
        "process",
        "start",
        "started {command}[ in {directory}][ as process {pid}]",
        "command",
        COMMAND_LINE,
        "directory",
        WORKING_DIRECTORY,
        "pid",
        PROCESS_PID);
    add(
        "jdk.Deserialization",
        "process",
        "access",
        "deserialized {type}[, filter says {filterStatus}]",
        "type",
        CLASS_NAME);
    add(
        "jdk.ClassLoad",
        "library",
        "start",
        "loaded class {loadedClass}",
        "loadedClass",
        CLASS_NAME,
        "definingClassLoader",
        CLASS_LOADER);
    add(
        "jdk.ClassDefine",
        "library",
        "creation",
        "defined class {definedClass}",
        "definedClass",
        CLASS_NAME,
        "definingClassLoader",
        CLASS_LOADER);
    add(
        "jdk.JavaExceptionThrow",
        "process",
        "error",
        "threw {thrownClass}[: {message}]",
        "thrownClass",
        CLASS_NAME,
        "message",
        ERROR);
    add(
        "jdk.JavaErrorThrow",
        "process",
        "error",
        "threw {thrownClass}[: {message}]",
        "thrownClass",
        CLASS_NAME,
        "message",
        ERROR);
    add(
        "jdk.SecurityPropertyModification",
        "configuration",
        "change",
        "set the security property {key} to {value}");
    add(
        "jdk.TLSHandshake",
        "network",
        "connection",
        "TLS handshake with {peerHost} port {peerPort}[, {protocolVersion}]",
        "peerHost",
        DESTINATION_DOMAIN,
        "peerPort",
        DESTINATION_PORT);
    add(
        "jdk.X509Certificate",
        "network",
        "info",
        "saw the certificate of {subject}[, issued by {issuer}]");
    add(
        "jdk.JavaAgent",
        "library",
        "start",
        "loaded Java agent {name}[ with {options}]",
        "name",
        FILE_PATH);
    add("jdk.NativeAgent", "library", "start", "loaded native agent {name}", "name", FILE_PATH);
    add(
        "jdk.NativeLibraryLoad",
        "library",
        "start",
        "loaded native library {name}",
        "name",
        FILE_PATH);
    add("jdk.ThreadStart", "process", "start", "started thread {thread}");
    add("jdk.ThreadEnd", "process", "end", "ended thread {thread}");
    add("jdk.ExecutionSample", "process", "info", "ran, {state}");
    add("jdk.NativeMethodSample", "process", "info", "ran native code, {state}");
    add("jdk.ThreadPark", "process", "info", "parked[ for {parkedClass}]");
    add("jdk.JavaMonitorEnter", "process", "info", "waited to lock {monitorClass}");
    add("jdk.JavaMonitorWait", "process", "info", "waited for {monitorClass}");
    add("jdk.ThreadSleep", "process", "info", "slept {time}");
    add("jdk.InitialSystemProperty", "configuration", "info", "system property {key} is {value}");
    add(
        "jdk.InitialEnvironmentVariable",
        "configuration",
        "info",
        "environment variable {key} is {value}");
    add(
        "jdk.SystemProcess",
        "process",
        "info",
        "process {pid} runs: {commandLine}",
        "commandLine",
        COMMAND_LINE);
    add(
        "jdk.JVMInformation",
        "host",
        "info",
        "{jvmName} with arguments {jvmArguments}[, running {javaArguments}]");
  }
}
