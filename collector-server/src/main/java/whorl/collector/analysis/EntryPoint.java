package whorl.collector.analysis;

import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.analysis.stack.Library;

/**
 * Something by which an intruder gets in, or is seen to be in.
 *
 * @param request for which it happened; null for none
 * @param severity {@code medium} where it was refused or ordinary programs do it, too
 * @param what goes on from "made the application"
 * @param libraries through which it happened, as its stack tells; the first met the request's text
 * @param by what had come in before and did it; null for nothing known
 */
record EntryPoint(
    Kind kind,
    RowView row,
    @Nullable String request,
    Severity severity,
    String what,
    List<Library.Use> libraries,
    @Nullable CodeArrival by) {

  EntryPoint(Kind kind, RowView row, Severity severity, String what) {
    this(kind, row, row.request(), severity, what, List.of(), null);
  }

  /** The kinds, those first that explain the others. */
  enum Kind {
    JNDI("a JNDI lookup", true, Technique.EXPLOIT_PUBLIC_APPLICATION),
    DESERIALIZATION("unsafe deserialization", true, Technique.EXPLOIT_PUBLIC_APPLICATION),
    EXPRESSION(
        "expression injection", true, Technique.EXPLOIT_PUBLIC_APPLICATION, Technique.SCRIPTING),
    XML_ENTITY("an external XML entity", true, Technique.EXPLOIT_PUBLIC_APPLICATION),
    JDBC("a JDBC driver that makes what its URL names", true, Technique.EXPLOIT_PUBLIC_APPLICATION),
    DATABASE(
        "code run by the database engine",
        true,
        Technique.EXPLOIT_PUBLIC_APPLICATION,
        Technique.SCRIPTING),
    BEANS(
        "Spring beans from a foreign XML file",
        true,
        Technique.EXPLOIT_PUBLIC_APPLICATION,
        Technique.TOOL_TRANSFER),
    REMOTE_CODE(
        "a class loader with a remote address",
        true,
        Technique.EXPLOIT_PUBLIC_APPLICATION,
        Technique.REFLECTIVE_LOADING),
    FILE_VIEW(
        "path traversal", true, Technique.EXPLOIT_PUBLIC_APPLICATION, Technique.FILE_DISCOVERY),
    AGENT("an agent loaded into the JVM", true, Technique.PROCESS_INJECTION),
    SERVER_SIDE_REQUEST("server-side request forgery", true, Technique.EXPLOIT_PUBLIC_APPLICATION),
    /** Of what came in by another request. */
    USE("use of what came in before", true, Technique.WEB_SHELL),
    UPLOAD("a file of code written", false, Technique.EXPLOIT_PUBLIC_APPLICATION),
    CLASS("a class brought in", false, Technique.EXPLOIT_PUBLIC_APPLICATION),
    COMMAND("a command run by a request", false, Technique.EXPLOIT_PUBLIC_APPLICATION),
    FILE_READ("a file read by a request", false, Technique.LOCAL_SYSTEM, Technique.FILE_DISCOVERY),
    ALERT("what set off an alert", false);

    private final String title;
    private final boolean explains;
    private final List<Technique> techniques;

    Kind(String title, boolean explains, Technique... techniques) {
      this.title = title;
      this.explains = explains;
      this.techniques = List.of(techniques);
    }

    String title() {
      return title;
    }

    List<Technique> techniques() {
      return techniques;
    }

    /** Whether the request's own content made it happen, as far as the kind tells. */
    boolean explains() {
      return explains;
    }

    static Kind of(Library.Way way) {
      return switch (way) {
        case DESERIALIZATION -> DESERIALIZATION;
        case EXPRESSION, TEMPLATE -> EXPRESSION;
        case JNDI -> JNDI;
        case BEANS -> BEANS;
        case JDBC -> JDBC;
        case DATABASE -> DATABASE;
      };
    }
  }

  /** Whether foreign code or a program ran. */
  boolean ran() {
    return row.is("whorl.ProcessStart")
        || row.is("whorl.ClassDefine")
        || row.is("whorl.Registration");
  }

  /** Whether it alone makes its request suspect, with no alert to say so. */
  boolean suspicious() {
    if (kind == Kind.FILE_READ) {
      SensitivePath sensitive = SensitivePath.of(row.file());
      return sensitive != null && sensitive.neverInGoodFaith();
    }
    return kind == Kind.FILE_VIEW || severity.atLeast(Severity.HIGH);
  }

  /** The same, done by what had come in before. */
  EntryPoint usedBy(CodeArrival codeArrival, boolean certainly) {
    return new EntryPoint(
        certainly ? Kind.USE : kind, row, request, severity, what, libraries, codeArrival);
  }

  /** The same, at least this grave. */
  EntryPoint severity(Severity atLeast) {
    return new EntryPoint(kind, row, request, severity.or(atLeast), what, libraries, by);
  }

  /** The same, done through these libraries; where the kind does not explain it, they do. */
  EntryPoint through(List<Library.Use> uses) {
    if (uses.isEmpty()) {
      return this;
    }
    Library.Way way = uses.get(0).library().way();
    boolean told =
        switch (kind) {
          case FILE_VIEW, SERVER_SIDE_REQUEST -> way != Library.Way.EXPRESSION;
          case FILE_READ -> way != Library.Way.EXPRESSION && way != Library.Way.DESERIALIZATION;
          case UPLOAD -> way == Library.Way.TEMPLATE;
          case REMOTE_CODE -> false;
          case ALERT ->
              // ordinary clients of directories and databases connect and read keys
              way == Library.Way.JNDI || way == Library.Way.JDBC || way == Library.Way.DATABASE;
          default -> kind.explains();
        };
    return new EntryPoint(
        told ? kind : Kind.of(way),
        row,
        request,
        kind == Kind.COMMAND ? severity.or(Severity.HIGH) : severity,
        what,
        uses,
        by);
  }
}
