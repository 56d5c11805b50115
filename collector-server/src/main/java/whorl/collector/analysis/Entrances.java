package whorl.collector.analysis;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import whorl.collector.analysis.stack.OwnWork;
import whorl.collector.timeline.Column;

/** Tells which rows are ways in. */
final class Entrances {
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

  private Entrances() {}

  /** The way in that this row is, or null. */
  static @Nullable Entrance of(Sight sight) {
    Seen row = sight.row();
    return switch (row.action()) {
      case "whorl.JndiLookup" -> lookup(row);
      case "whorl.JndiAnswer" -> answer(row);
      case "whorl.Deserialization" -> deserialization(row);
      case "whorl.ScriptEval" -> ExpressionEntrances.evaluated(sight);
      case "whorl.Reflection" -> ExpressionEntrances.reached(sight);
      case "whorl.XmlEntity" -> entity(row);
      case "whorl.LoaderCreate" -> loader(row);
      case "whorl.FileOpen" -> FileEntrances.of(sight);
      case "whorl.AgentLoad" -> agent(sight);
      case "whorl.SocketConnect" -> connection(row);
      case "whorl.ClassDefine" -> definition(sight);
      case "whorl.Registration" -> registration(row);
      case "whorl.ProcessStart" -> process(row);
      default -> null;
    };
  }

  private static @Nullable Entrance agent(Sight sight) {
    return OwnWork.startsNamedAgent(sight.frames())
        ? null
        : entrance(
            Entrance.Kind.AGENT,
            sight.row(),
            Severity.HIGH,
            "load the agent " + Tampering.agent(sight.row()));
  }

  private static @Nullable Entrance lookup(Seen row) {
    String looked = row.textOr(Column.DNS_NAME, "name");
    if (!REMOTE_NAME.matcher(looked).find()) {
      return null;
    }
    return entrance(
        Entrance.Kind.JNDI, row, Severity.HIGH, "look up " + Phrases.cut(looked) + " by JNDI");
  }

  /**
   * References pass here without the name that led to them, those of a server's own resources too:
   * by a factory alone they bring nothing in, and where a remote name led to them, that is told by
   * its look-up.
   */
  private static @Nullable Entrance answer(Seen row) {
    String name = row.field("name");
    String codebase = row.field("codebase");
    String factory = row.field("factory");
    if (codebase == null && (factory == null || name == null || name.isEmpty())) {
      return null;
    }
    return entrance(
        Entrance.Kind.JNDI,
        row,
        row.field("failed") == null ? Severity.HIGH : Severity.MEDIUM,
        "take an answer"
            + (name == null || name.isEmpty() ? "" : " from " + Phrases.cut(name))
            + (factory == null ? "" : " that names the factory " + Phrases.cut(factory))
            + (codebase == null ? "" : " at " + Phrases.cut(codebase)));
  }

  private static @Nullable Entrance deserialization(Seen row) {
    boolean rejected = "REJECTED".equals(row.field("filterStatus"));
    if (!row.flag("gadget")) {
      return null;
    }
    String type = Phrases.cut(row.field("type"));
    return entrance(
        Entrance.Kind.DESERIALIZATION,
        row,
        rejected ? Severity.MEDIUM : Severity.HIGH,
        (rejected ? "refuse" : "bring to life")
            + " a serialised object of "
            + type
            + ", a class that gadget chains are made of");
  }

  private static @Nullable Entrance entity(Seen row) {
    String system = row.field("systemId");
    if (system == null || row.request() == null) {
      return null;
    }
    String lower = system.toLowerCase(Locale.ROOT);
    boolean file = lower.startsWith("file:");
    boolean telling = file && SensitivePath.of(lower.replaceFirst("^file:/*", "/")) != null;
    return entrance(
        Entrance.Kind.XML_ENTITY,
        row,
        telling ? Severity.HIGH : Severity.MEDIUM,
        "fetch " + Phrases.cut(system) + " for an XML document");
  }

  private static @Nullable Entrance loader(Seen row) {
    for (String url : row.fieldList("urls")) {
      if (REMOTE_CODE.matcher(url).find()) {
        return entrance(
            Entrance.Kind.REMOTE_CODE,
            row,
            row.request() == null ? Severity.MEDIUM : Severity.HIGH,
            "make a class loader for " + Phrases.cut(url));
      }
    }
    return null;
  }

  private static @Nullable Entrance connection(Seen row) {
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
          Entrance.Kind.SERVER_SIDE_REQUEST,
          row,
          Severity.MEDIUM,
          "connect to the inner host "
              + Phrases.cut(host.isEmpty() ? address : host)
              + ", which the request itself names");
    }
    return to.telling()
        ? entrance(
            Entrance.Kind.SERVER_SIDE_REQUEST,
            row,
            Severity.HIGH,
            "connect to " + Phrases.cut(host.isEmpty() ? address : host) + ", " + to.what())
        : null;
  }

  private static @Nullable Entrance definition(Sight sight) {
    Seen row = sight.row();
    return row.request() != null
            && isUnexplainedClass(row)
            && !OwnWork.generates(sight.frames(), sight.foreign())
        ? entrance(
            Entrance.Kind.CLASS,
            row,
            Severity.MEDIUM,
            "define the class " + Phrases.cut(row.textOr(Column.CLASS_NAME, "className")))
        : null;
  }

  private static @Nullable Entrance registration(Seen row) {
    return row.request() == null
        ? null
        : entrance(
            Entrance.Kind.CLASS,
            row,
            Severity.HIGH,
            "register the "
                + Phrases.cut(row.field("kind"), 40)
                + " "
                + Phrases.cut(row.textOr(Column.CLASS_NAME, "className")));
  }

  private static @Nullable Entrance process(Seen row) {
    String line = row.textOr(Column.COMMAND_LINE, "command");
    return row.request() == null
        ? null
        : entrance(
            Entrance.Kind.COMMAND,
            row,
            Command.of(line) == Command.OTHER ? Severity.MEDIUM : Severity.HIGH,
            "start " + Phrases.cut(line));
  }

  /** Whether no other analysis tells of such a row. */
  static boolean explainsItself(Seen row) {
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
  static @Nullable String deed(Seen row) {
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

  private static @Nullable String fileDeed(Seen row) {
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
  static boolean isUnexplainedClass(Seen row) {
    String origin = row.textOr(Column.CLASS_ORIGIN, "origin");
    return DANGEROUS_MAKERS.contains(origin) && row.field("generator") == null;
  }

  private static Entrance entrance(Entrance.Kind kind, Seen row, Severity severity, String what) {
    return new Entrance(kind, row, severity, what);
  }
}
