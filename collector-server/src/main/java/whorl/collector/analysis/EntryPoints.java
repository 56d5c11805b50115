package whorl.collector.analysis;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import whorl.collector.analysis.stack.OwnWork;
import whorl.collector.timeline.Column;

/** Tells which rows are ways in. */
final class EntryPoints {
  /** The types of row that may be one. */
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

  private static final Pattern REMOTE_NAME =
      Pattern.compile(
          "^\\s*(ldaps?|rmi|iiop(name)?|corba(name|loc)?|nis|nds|dns|https?):",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern REMOTE_CODE =
      Pattern.compile("^(jar:)?(https?|ftp|ldaps?|rmi|jndi):", Pattern.CASE_INSENSITIVE);
  private static final Set<String> DANGEROUS_MAKERS =
      Set.of("loader", "lookup", "hidden", "reflection", "unsafe", "forged-source");

  private EntryPoints() {}

  /** The way in that this row is, or null. */
  static @Nullable EntryPoint of(RowContext rowContext) {
    RowView row = rowContext.row();
    return switch (row.action()) {
      case "whorl.JndiLookup" -> lookup(row);
      case "whorl.JndiAnswer" -> answer(row);
      case "whorl.Deserialization" -> deserialization(row);
      case "whorl.ScriptEval" -> ExpressionEntryPoints.evaluated(rowContext);
      case "whorl.Reflection" -> ExpressionEntryPoints.reached(rowContext);
      case "whorl.XmlEntity" -> entity(row);
      case "whorl.LoaderCreate" -> loader(row);
      case "whorl.FileOpen" -> FileEntryPoints.of(rowContext);
      case "whorl.AgentLoad" -> agent(rowContext);
      case "whorl.SocketConnect" -> connection(row);
      case "whorl.ClassDefine" -> definition(rowContext);
      case "whorl.Registration" -> registration(row);
      case "whorl.ProcessStart" -> process(row);
      default -> null;
    };
  }

  private static @Nullable EntryPoint agent(RowContext rowContext) {
    return OwnWork.startsNamedAgent(rowContext.frames())
        ? null
        : entrance(
            EntryPoint.Kind.AGENT,
            rowContext.row(),
            Severity.HIGH,
            "load the agent " + Tampering.agent(rowContext.row()));
  }

  private static @Nullable EntryPoint lookup(RowView row) {
    String looked = row.textOr(Column.DNS_NAME, "name");
    if (!REMOTE_NAME.matcher(looked).find()) {
      return null;
    }
    return entrance(
        EntryPoint.Kind.JNDI, row, Severity.HIGH, "look up " + Phrases.cut(looked) + " by JNDI");
  }

  /**
   * References pass here without the name that led to them, those of a server's own resources too:
   * by a factory alone they bring nothing in, and where a remote name led to them, that is told by
   * its look-up.
   */
  private static @Nullable EntryPoint answer(RowView row) {
    String name = row.field("name");
    String codebase = row.field("codebase");
    String factory = row.field("factory");
    if (codebase == null && (factory == null || name == null || name.isEmpty())) {
      return null;
    }
    return entrance(
        EntryPoint.Kind.JNDI,
        row,
        row.field("failed") == null ? Severity.HIGH : Severity.MEDIUM,
        "take an answer"
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
    return entrance(
        EntryPoint.Kind.DESERIALIZATION,
        row,
        rejected ? Severity.MEDIUM : Severity.HIGH,
        (rejected ? "refuse" : "bring to life")
            + " a serialised object of "
            + type
            + ", a class that gadget chains are made of");
  }

  private static @Nullable EntryPoint entity(RowView row) {
    String system = row.field("systemId");
    if (system == null || row.request() == null) {
      return null;
    }
    String lower = system.toLowerCase(Locale.ROOT);
    boolean file = lower.startsWith("file:");
    boolean telling = file && SensitivePath.of(lower.replaceFirst("^file:/*", "/")) != null;
    return entrance(
        EntryPoint.Kind.XML_ENTITY,
        row,
        telling ? Severity.HIGH : Severity.MEDIUM,
        "fetch " + Phrases.cut(system) + " for an XML document");
  }

  private static @Nullable EntryPoint loader(RowView row) {
    for (String url : row.fieldList("urls")) {
      if (REMOTE_CODE.matcher(url).find()) {
        return entrance(
            EntryPoint.Kind.REMOTE_CODE,
            row,
            row.request() == null ? Severity.MEDIUM : Severity.HIGH,
            "make a class loader for " + Phrases.cut(url));
      }
    }
    return null;
  }

  private static @Nullable EntryPoint connection(RowView row) {
    if (row.request() == null) {
      return null;
    }
    String host = row.textOr(Column.DESTINATION_DOMAIN, "host");
    String address = row.textOr(Column.DESTINATION_IP, "address");
    Destination to = Destination.of(host, address, 0);
    boolean inner =
        to == Destination.SELF || to == Destination.PRIVATE_ADDRESS || to == Destination.CLUSTER;
    if (inner && row.flag("namedByRequest")) {
      return entrance(
          EntryPoint.Kind.SERVER_SIDE_REQUEST,
          row,
          Severity.MEDIUM,
          "connect to the inner host "
              + Phrases.cut(host.isEmpty() ? address : host)
              + ", which the request itself names");
    }
    return to.telling()
        ? entrance(
            EntryPoint.Kind.SERVER_SIDE_REQUEST,
            row,
            Severity.HIGH,
            "connect to " + Phrases.cut(host.isEmpty() ? address : host) + ", " + to.what())
        : null;
  }

  private static @Nullable EntryPoint definition(RowContext rowContext) {
    RowView row = rowContext.row();
    return row.request() != null
            && isUnexplainedClass(row)
            && !OwnWork.generates(rowContext.frames(), rowContext.foreign())
        ? entrance(
            EntryPoint.Kind.CLASS,
            row,
            Severity.MEDIUM,
            "define the class " + Phrases.cut(row.textOr(Column.CLASS_NAME, "className")))
        : null;
  }

  private static @Nullable EntryPoint registration(RowView row) {
    return row.request() == null
        ? null
        : entrance(
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
        : entrance(
            EntryPoint.Kind.COMMAND,
            row,
            Command.of(line) == Command.OTHER ? Severity.MEDIUM : Severity.HIGH,
            "start " + Phrases.cut(line));
  }

  /** Whether no other analysis tells of such a row. */
  static boolean explainsItself(RowView row) {
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
   * What was done for no request, where what did it came in before; goes on from "made the
   * application". Null for what is no deed of interest.
   */
  static @Nullable String deed(RowView row) {
    return switch (row.action()) {
      case "whorl.ProcessStart" ->
          "start " + Phrases.cut(row.textOr(Column.COMMAND_LINE, "command"));
      case "whorl.FileOpen" -> fileDeed(row);
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

  private static @Nullable String fileDeed(RowView row) {
    String path = row.file();
    boolean code = WrittenPath.of(path) != WrittenPath.OTHER;
    SensitivePath sensitive = SensitivePath.of(path);
    boolean secret = sensitive != null && sensitive.secret() != null;
    if (!code && !secret) {
      return null;
    }
    boolean writes = FilesWritten.writes(row);
    return (writes && code) || (!writes && secret)
        ? (writes ? "write " : "open ") + Phrases.cut(path)
        : null;
  }

  /** Whether a class was made that is in no jar, by nobody known for making classes. */
  static boolean isUnexplainedClass(RowView row) {
    String origin = row.textOr(Column.CLASS_ORIGIN, "origin");
    return DANGEROUS_MAKERS.contains(origin) && row.field("generator") == null;
  }

  private static EntryPoint entrance(
      EntryPoint.Kind kind, RowView row, Severity severity, String what) {
    return new EntryPoint(kind, row, severity, what);
  }
}
