package whorl.collector.analysis;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
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
  private static final Pattern REACHES_FOR_CODE =
      Pattern.compile(
          "Runtime|ProcessBuilder|ProcessImpl|ClassLoader|defineClass|forName|getDeclared|getMethod"
              + "|getClass\\s*\\(|\\.class\\.|ScriptEngine|Unsafe|#_memberAccess|@java\\.|\\bexec\\s*\\(|\\bexecute\\s*\\(\\s*\\)"
              + "|\\$\\{\\s*jndi|InitialContext|System\\.(getenv|getProperty|exit|load)|java\\.io\\.|java\\.nio\\.file|java\\.net\\.");
  private static final Pattern TYPE_REFERENCE = Pattern.compile("\\bT\\s*\\(|\\bnew\\s+[a-z]+\\.");
  private static final Set<String> DANGEROUS_MAKERS =
      Set.of("loader", "lookup", "hidden", "reflection", "unsafe", "forged-source");
  private static final int EXPRESSION_CHARS = 200;

  private Entrances() {}

  /** The way in that this row is, or null. */
  static @Nullable Entrance of(Seen row) {
    return switch (row.action()) {
      case "whorl.JndiLookup" -> lookup(row);
      case "whorl.JndiAnswer" -> answer(row);
      case "whorl.Deserialization" -> deserialization(row);
      case "whorl.ScriptEval" -> expression(row);
      case "whorl.Reflection" -> reflection(row);
      case "whorl.XmlEntity" -> entity(row);
      case "whorl.LoaderCreate" -> loader(row);
      case "whorl.FileOpen" -> file(row);
      case "whorl.AgentLoad" ->
          entrance(
              Entrance.Kind.AGENT, row, Severity.HIGH, "load the agent " + Tampering.agent(row));
      case "whorl.SocketConnect" -> connection(row);
      case "whorl.ClassDefine" -> definition(row);
      case "whorl.Registration" -> registration(row);
      case "whorl.ProcessStart" -> process(row);
      default -> null;
    };
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

  private static @Nullable Entrance expression(Seen row) {
    String source = row.field("source");
    if (source == null || row.request() == null) {
      return null;
    }
    boolean reaches = REACHES_FOR_CODE.matcher(source).find();
    if (!reaches && !TYPE_REFERENCE.matcher(source).find()) {
      return null;
    }
    return entrance(
        Entrance.Kind.EXPRESSION,
        row,
        reaches ? Severity.HIGH : Severity.MEDIUM,
        "evaluate an expression ("
            + Phrases.cut(row.field("engine"), 20)
            + "): "
            + Phrases.cut(source, EXPRESSION_CHARS));
  }

  private static @Nullable Entrance reflection(Seen row) {
    if (row.request() == null) {
      return null;
    }
    boolean stream = "deserialization".equals(row.field("by"));
    return entrance(
        stream ? Entrance.Kind.DESERIALIZATION : Entrance.Kind.EXPRESSION,
        row,
        Severity.HIGH,
        "reach for "
            + Phrases.cut(row.textOr(Column.CLASS_NAME, "className"))
            + "."
            + Phrases.cut(row.field("member"), 40)
            + " from "
            + (stream ? "an object stream" : "an expression"));
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

  private static @Nullable Entrance file(Seen row) {
    if (row.request() == null) {
      return null;
    }
    String path = row.textOr(Column.FILE_PATH, "path");
    if (!"read".equals(row.field("access"))) {
      WrittenPath written = WrittenPath.of(path);
      boolean code = written == WrittenPath.SERVER_PAGE || written.persists();
      return code && !row.flag("failed")
          ? entrance(Entrance.Kind.UPLOAD, row, Severity.HIGH, "write " + Phrases.cut(path))
          : null;
    }
    SensitivePath sensitive = SensitivePath.of(path);
    if (sensitive == null) {
      return null;
    }
    boolean failed = row.flag("failed");
    return entrance(
        Entrance.Kind.FILE_VIEW,
        row,
        failed ? Severity.MEDIUM : Severity.HIGH,
        (failed ? "try to open " : "open ") + Phrases.cut(path));
  }

  private static @Nullable Entrance connection(Seen row) {
    if (row.request() == null) {
      return null;
    }
    String host = row.textOr(Column.DESTINATION_DOMAIN, "host");
    String address = row.textOr(Column.DESTINATION_IP, "address");
    Destination to = Destination.of(host, address, 0);
    return to.telling()
        ? entrance(
            Entrance.Kind.SERVER_SIDE_REQUEST,
            row,
            Severity.HIGH,
            "connect to " + Phrases.cut(host.isEmpty() ? address : host) + ", " + to.what())
        : null;
  }

  private static @Nullable Entrance definition(Seen row) {
    return row.request() != null && isUnexplainedClass(row)
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

  /** Whether a class was made that is in no jar, by nobody known for making classes. */
  static boolean isUnexplainedClass(Seen row) {
    String origin = row.textOr(Column.CLASS_ORIGIN, "origin");
    return DANGEROUS_MAKERS.contains(origin) && row.field("generator") == null;
  }

  private static Entrance entrance(Entrance.Kind kind, Seen row, Severity severity, String what) {
    return new Entrance(kind, row, row.request(), severity, what);
  }
}
