package whorl.collector.analysis.trail;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import whorl.collector.analysis.kinds.Command;
import whorl.collector.analysis.kinds.Destination;
import whorl.collector.analysis.kinds.SensitivePath;
import whorl.collector.analysis.kinds.Severity;
import whorl.collector.analysis.kinds.WrittenPath;
import whorl.collector.analysis.rows.Phrases;
import whorl.collector.analysis.rows.RowContext;
import whorl.collector.analysis.rows.RowView;
import whorl.collector.analysis.stack.OwnWork;
import whorl.collector.detect.PackRule;
import whorl.collector.timeline.Column;

/** Finds the rows that are entry points. */
public final class EntryPoints {
  /** Row types that may be entry points. */
  static final List<String> TYPES =
      List.of(
          "whorl.JndiLookup",
          "whorl.JndiAnswer",
          "whorl.Deserialization",
          "whorl.ScriptEval",
          "whorl.Reflection",
          "whorl.XmlEntity",
          "whorl.LoaderCreate",
          "whorl.FileOpen",
          "whorl.AgentLoad",
          "whorl.SocketConnect",
          "whorl.ClassDefine",
          "whorl.Registration",
          "whorl.ProcessStart");

  /**
   * Which of a loader's addresses is remote; its rule matches each loader that the agent reports.
   */
  private static final Pattern REMOTE_CODE =
      Pattern.compile("^(jar:)?(https?|ftp|ldaps?|rmi|jndi):", Pattern.CASE_INSENSITIVE);

  private static final Set<String> DANGEROUS_ORIGINS =
      Set.of("loader", "lookup", "hidden", "reflection", "unsafe", "forged-source");

  private EntryPoints() {}

  /** Returns the entry point of this row, or null. */
  public static @Nullable EntryPoint of(RowContext rowContext) {
    RowView row = rowContext.row();
    return switch (row.action()) {
      case "whorl.JndiLookup" -> jndiLookup(rowContext);
      case "whorl.JndiAnswer" -> jndiAnswer(row);
      case "whorl.Deserialization" -> deserialization(row);
      case "whorl.ScriptEval" -> ExpressionEntryPoints.evaluation(rowContext);
      case "whorl.Reflection" -> ExpressionEntryPoints.reflectiveAccess(rowContext);
      case "whorl.XmlEntity" -> entity(row);
      case "whorl.LoaderCreate" -> loader(row);
      case "whorl.FileOpen" -> FileEntryPoints.of(rowContext);
      case "whorl.AgentLoad" -> agent(rowContext);
      case "whorl.SocketConnect" -> connection(rowContext);
      case "whorl.ClassDefine" -> definition(rowContext);
      case "whorl.Registration" -> registration(row);
      case "whorl.ProcessStart" -> process(row);
      default -> null;
    };
  }

  private static @Nullable EntryPoint agent(RowContext rowContext) {
    return OwnWork.startsNamedAgent(rowContext.frames())
        ? null
        : entryPoint(
            EntryPoint.Kind.AGENT,
            rowContext.row(),
            Severity.HIGH,
            "load the agent " + Phrases.agent(rowContext.row()));
  }

  private static @Nullable EntryPoint jndiLookup(RowContext rowContext) {
    RowView row = rowContext.row();
    if (!rowContext.rules().by(PackRule.JNDI_REMOTE_LOOKUP) && !isObfuscated(rowContext)) {
      return null;
    }
    String name = row.textOr(Column.DNS_NAME, "name");
    return entryPoint(
        EntryPoint.Kind.JNDI, row, Severity.HIGH, "look up " + Phrases.cut(name) + " by JNDI");
  }

  /** Without a request, a placeholder of a setting may not have been replaced. */
  private static boolean isObfuscated(RowContext rowContext) {
    return rowContext.row().request() != null
        && rowContext.rules().by(PackRule.JNDI_OBFUSCATED_LOOKUP);
  }

  /**
   * A JNDI reference does not carry the name that led to it, and references of the server's own
   * resources pass here, too. A reference with only a factory adds no code. If a remote name led to
   * the reference, the row of its lookup shows that.
   */
  private static @Nullable EntryPoint jndiAnswer(RowView row) {
    String name = row.field("name");
    String codebase = row.field("codebase");
    String factory = row.field("factory");
    if (codebase == null && (factory == null || name == null || name.isEmpty())) {
      return null;
    }
    return entryPoint(
        EntryPoint.Kind.JNDI,
        row,
        row.field("failed") == null ? Severity.HIGH : Severity.MEDIUM,
        "accept a JNDI answer"
            + (name == null || name.isEmpty() ? "" : " from " + Phrases.cut(name))
            + (factory == null ? "" : " that names the factory " + Phrases.cut(factory))
            + (codebase == null ? "" : " at " + Phrases.cut(codebase)));
  }

  private static @Nullable EntryPoint deserialization(RowView row) {
    boolean rejected = "REJECTED".equals(row.field("filterStatus"));
    if (!row.flag("gadget")) {
      return null;
    }
    String type = Phrases.cut(row.field("type"));
    return entryPoint(
        EntryPoint.Kind.DESERIALIZATION,
        row,
        rejected ? Severity.MEDIUM : Severity.HIGH,
        (rejected ? "refuse to deserialize" : "deserialize")
            + " an object of "
            + type
            + ", a class used in gadget chains");
  }

  private static @Nullable EntryPoint entity(RowView row) {
    String system = row.field("systemId");
    if (system == null || row.request() == null) {
      return null;
    }
    String lower = system.toLowerCase(Locale.ROOT);
    boolean file = lower.startsWith("file:");
    boolean sensitive = file && SensitivePath.of(lower.replaceFirst("^file:/*", "/")) != null;
    return entryPoint(
        EntryPoint.Kind.XML_ENTITY,
        row,
        sensitive ? Severity.HIGH : Severity.MEDIUM,
        "fetch " + Phrases.cut(system) + " for an XML document");
  }

  private static @Nullable EntryPoint loader(RowView row) {
    String address = remoteAddress(row);
    return address == null
        ? null
        : entryPoint(
            EntryPoint.Kind.REMOTE_CODE,
            row,
            row.request() == null ? Severity.MEDIUM : Severity.HIGH,
            "create a class loader for " + Phrases.cut(address));
  }

  /** Returns the first remote address of the class loader that the row creates, or null. */
  public static @Nullable String remoteAddress(RowView row) {
    for (String url : row.fieldList("urls")) {
      if (REMOTE_CODE.matcher(url).find()) {
        return url;
      }
    }
    return null;
  }

  private static @Nullable EntryPoint connection(RowContext rowContext) {
    RowView row = rowContext.row();
    if (row.request() == null) {
      return null;
    }
    String host = row.textOr(Column.DESTINATION_DOMAIN, "host");
    String address = row.textOr(Column.DESTINATION_IP, "address");
    Destination destination = Destination.of(host, address, 0);
    boolean internal =
        destination == Destination.SELF
            || destination == Destination.PRIVATE_ADDRESS
            || destination == Destination.CLUSTER;
    if (internal && row.flag("namedByRequest")) {
      return entryPoint(
          EntryPoint.Kind.SERVER_SIDE_REQUEST,
          row,
          Severity.MEDIUM,
          "connect to the inner host "
              + Phrases.cut(host.isEmpty() ? address : host)
              + ", which the request itself names");
    }
    return destination.isSuspicious() && !rowContext.isException(destination.rules())
        ? entryPoint(
            EntryPoint.Kind.SERVER_SIDE_REQUEST,
            row,
            Severity.HIGH,
            "connect to "
                + Phrases.cut(host.isEmpty() ? address : host)
                + ", "
                + destination.description())
        : null;
  }

  private static @Nullable EntryPoint definition(RowContext rowContext) {
    RowView row = rowContext.row();
    return row.request() != null
            && isUnexplainedClass(row)
            && !OwnWork.generates(rowContext.frames(), rowContext.foreign())
        ? entryPoint(
            EntryPoint.Kind.CLASS,
            row,
            Severity.MEDIUM,
            "define the class " + Phrases.cut(row.textOr(Column.CLASS_NAME, "className")))
        : null;
  }

  private static @Nullable EntryPoint registration(RowView row) {
    return row.request() == null
        ? null
        : entryPoint(
            EntryPoint.Kind.CLASS,
            row,
            Severity.HIGH,
            "register the "
                + Phrases.cut(row.field("kind"), 40)
                + " "
                + Phrases.cut(row.textOr(Column.CLASS_NAME, "className")));
  }

  private static @Nullable EntryPoint process(RowView row) {
    String line = row.textOr(Column.COMMAND_LINE, "command");
    return row.request() == null
        ? null
        : entryPoint(
            EntryPoint.Kind.COMMAND,
            row,
            Command.of(line) == Command.OTHER ? Severity.MEDIUM : Severity.HIGH,
            "start " + Phrases.cut(line));
  }

  /** True if no other analysis reports such a row. */
  public static boolean explainsItself(RowView row) {
    return switch (row.action()) {
      case "whorl.JndiLookup",
          "whorl.JndiAnswer",
          "whorl.Deserialization",
          "whorl.ScriptEval",
          "whorl.XmlEntity",
          "whorl.LoaderCreate" ->
          true;
      default -> false;
    };
  }

  /**
   * Returns a phrase that completes "made the application", for an action outside any request that
   * earlier added code may have caused. Returns null if the action is irrelevant.
   */
  public static @Nullable String phrase(RowView row) {
    return switch (row.action()) {
      case "whorl.ProcessStart" ->
          "start " + Phrases.cut(row.textOr(Column.COMMAND_LINE, "command"));
      case "whorl.FileOpen" -> filePhrase(row);
      case "whorl.SocketBind" ->
          "listen for connections on "
              + Phrases.cut(row.textOr(Column.DESTINATION_IP, "address"), 60);
      case "whorl.ClassDefine" ->
          isUnexplainedClass(row)
              ? "define the class " + Phrases.cut(row.textOr(Column.CLASS_NAME, "className"))
              : null;
      default -> null;
    };
  }

  private static @Nullable String filePhrase(RowView row) {
    String path = row.file();
    boolean code = WrittenPath.of(path) != WrittenPath.OTHER;
    SensitivePath sensitive = SensitivePath.of(row);
    boolean secret = sensitive != null && sensitive.secret() != null;
    if (!code && !secret) {
      return null;
    }
    boolean writes = row.writes();
    return (writes && code) || (!writes && secret)
        ? (writes ? "write " : "open ") + Phrases.cut(path)
        : null;
  }

  /** True if the class is in no jar and no known generator made it. */
  public static boolean isUnexplainedClass(RowView row) {
    String origin = row.textOr(Column.CLASS_ORIGIN, "origin");
    return DANGEROUS_ORIGINS.contains(origin) && row.field("generator") == null;
  }

  private static EntryPoint entryPoint(
      EntryPoint.Kind kind, RowView row, Severity severity, String phrase) {
    return new EntryPoint(kind, row, severity, phrase);
  }
}
