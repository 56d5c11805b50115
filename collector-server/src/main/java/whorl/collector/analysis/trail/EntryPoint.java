package whorl.collector.analysis.trail;

import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.analysis.kinds.SensitivePath;
import whorl.collector.analysis.kinds.Severity;
import whorl.collector.analysis.kinds.Technique;
import whorl.collector.analysis.rows.RowView;
import whorl.collector.analysis.stack.Frames;
import whorl.collector.analysis.stack.Library;

/**
 * An event by which an intruder gets in, or which shows that an intruder is in.
 *
 * @param request the id of the request; null if there is none
 * @param severity {@code medium} if the action was refused or legitimate programs do it, too
 * @param phrase completes "made the application"
 * @param libraries the libraries on the stack, the one that received the request's text first
 * @param cause the code that was added earlier and did this; null if unknown
 * @param caller the class next to the event on its stack that is not the JDK's; null if unknown
 */
public record EntryPoint(
    Kind kind,
    RowView row,
    @Nullable String request,
    Severity severity,
    String phrase,
    List<Library.Use> libraries,
    @Nullable CodeArrival cause,
    @Nullable String caller) {

  /** An entry point whose caller is not known. */
  public EntryPoint(
      Kind kind,
      RowView row,
      @Nullable String request,
      Severity severity,
      String phrase,
      List<Library.Use> libraries,
      @Nullable CodeArrival cause) {
    this(kind, row, request, severity, phrase, libraries, cause, null);
  }

  public EntryPoint(Kind kind, RowView row, Severity severity, String phrase) {
    this(kind, row, row.request(), severity, phrase, List.of(), null);
  }

  /** The kinds of entry point. A kind that explains others comes before them. */
  public enum Kind {
    JNDI("a JNDI lookup", true, Technique.EXPLOIT_PUBLIC_APPLICATION),
    DESERIALIZATION("unsafe deserialization", true, Technique.EXPLOIT_PUBLIC_APPLICATION),
    EXPRESSION(
        "expression injection", true, Technique.EXPLOIT_PUBLIC_APPLICATION, Technique.SCRIPTING),
    XML_ENTITY("an external XML entity", true, Technique.EXPLOIT_PUBLIC_APPLICATION),
    JDBC(
        "a JDBC driver that creates the objects that its URL names",
        true,
        Technique.EXPLOIT_PUBLIC_APPLICATION),
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
    /** Use of code that another request added. */
    USE("use of code that was added earlier", true, Technique.WEB_SHELL),
    UPLOAD("a file of code written", false, Technique.EXPLOIT_PUBLIC_APPLICATION),
    CLASS("a class added to the JVM", false, Technique.EXPLOIT_PUBLIC_APPLICATION),
    COMMAND("a command run by a request", false, Technique.EXPLOIT_PUBLIC_APPLICATION),
    FILE_READ("a file read by a request", false, Technique.LOCAL_SYSTEM, Technique.FILE_DISCOVERY),
    ALERT("what raised an alert", false);

    private final String title;
    private final boolean explains;
    private final List<Technique> techniques;

    Kind(String title, boolean explains, Technique... techniques) {
      this.title = title;
      this.explains = explains;
      this.techniques = List.of(techniques);
    }

    public String title() {
      return title;
    }

    public List<Technique> techniques() {
      return techniques;
    }

    /** True if this kind shows that the request's own content caused the event. */
    public boolean explains() {
      return explains;
    }

    public static Kind of(Library.Mechanism mechanism) {
      return switch (mechanism) {
        case DESERIALIZATION -> DESERIALIZATION;
        case EXPRESSION, TEMPLATE -> EXPRESSION;
        case JNDI -> JNDI;
        case BEANS -> BEANS;
        case JDBC -> JDBC;
        case DATABASE -> DATABASE;
      };
    }
  }

  /** True if the event ran foreign code or a program. */
  public boolean ranCode() {
    return row.is("whorl.ProcessStart")
        || row.is("whorl.ClassDefine")
        || row.is("whorl.Registration");
  }

  /** True if this event alone makes its request suspect, without an alert. */
  public boolean isSuspicious() {
    if (kind == Kind.FILE_READ) {
      SensitivePath sensitive = SensitivePath.of(row);
      return sensitive != null && sensitive.neverInGoodFaith();
    }
    return kind == Kind.FILE_VIEW || severity.atLeast(Severity.HIGH);
  }

  /** Returns a copy that names earlier added code as the cause. */
  EntryPoint causedBy(CodeArrival codeArrival, boolean certain) {
    return new EntryPoint(
        certain ? Kind.USE : kind, row, request, severity, phrase, libraries, codeArrival, caller);
  }

  /** Returns a copy with at least this severity. */
  public EntryPoint atLeast(Severity least) {
    return new EntryPoint(kind, row, request, severity.or(least), phrase, libraries, cause, caller);
  }

  /**
   * Returns a copy with these libraries. If the kind does not explain the event, the libraries
   * determine the kind.
   */
  public EntryPoint through(List<Library.Use> uses) {
    if (uses.isEmpty()) {
      return this;
    }
    Library.Mechanism mechanism = uses.get(0).library().mechanism();
    boolean keepsKind =
        switch (kind) {
          case FILE_VIEW, SERVER_SIDE_REQUEST -> mechanism != Library.Mechanism.EXPRESSION;
          case FILE_READ ->
              mechanism != Library.Mechanism.EXPRESSION
                  && mechanism != Library.Mechanism.DESERIALIZATION;
          case UPLOAD -> mechanism == Library.Mechanism.TEMPLATE;
          case REMOTE_CODE -> false;
          case ALERT ->
              // legitimate directory and database clients connect and read keys
              mechanism == Library.Mechanism.JNDI
                  || mechanism == Library.Mechanism.JDBC
                  || mechanism == Library.Mechanism.DATABASE;
          default -> kind.explains();
        };
    return new EntryPoint(
        keepsKind ? kind : Kind.of(mechanism),
        row,
        request,
        kind == Kind.COMMAND ? severity.or(Severity.HIGH) : severity,
        phrase,
        uses,
        cause,
        caller);
  }

  /** Returns a copy that names the caller on this stack. */
  EntryPoint calledOn(Frames frames) {
    Frames.Frame frame = frames.caller();
    return new EntryPoint(
        kind,
        row,
        request,
        severity,
        phrase,
        libraries,
        cause,
        frame == null ? null : frame.type());
  }
}
