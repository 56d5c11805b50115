package whorl.collector.analysis.kinds;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import whorl.collector.detect.Detection;
import whorl.collector.detect.PackRule;
import whorl.collector.detect.Subjects;

/**
 * The meaning of a written file, by its folder and name. The built-in rules say which files are
 * suspicious. The marks say which of a rule's files it is, and the patterns name only files that no
 * rule names.
 */
public enum WrittenPath {
  /** First: what is written below the machine's root counts as the machine. */
  HOST(
      "through which the machine around the container is reached",
      List.of(Technique.ESCAPE_TO_HOST),
      List.of(PackRule.FILE_HOST_ROOT, PackRule.FILE_KERNEL_INTERFACE_WRITTEN),
      List.of("/root/", "/release_agent", "/sys", "/notify_on_release", "/uevent_helper"),
      null) {
    @Override
    boolean isMarked(String path) {
      // the process's own root is no other machine
      return super.isMarked(path) && !path.startsWith("/proc/self/root/");
    }
  },
  CRON(
      "from which cron starts programs",
      List.of(Technique.CRON),
      List.of(PackRule.FILE_PERSISTENCE),
      List.of("/etc/cron", "/spool/cron/"),
      null),
  SYSTEMD(
      "from which the system starts services",
      List.of(Technique.SYSTEMD_SERVICE),
      List.of(PackRule.FILE_PERSISTENCE),
      List.of("/systemd/", "/init.d/", "/rc.local"),
      "^/(lib|usr/lib|run)/systemd/|/\\.config/systemd/"),
  SSH(
      "that lets someone log in by SSH",
      List.of(Technique.SSH_AUTHORIZED_KEYS),
      List.of(PackRule.FILE_PERSISTENCE),
      List.of("/.ssh/"),
      "/\\.ssh/[^/]{1,60}$"),
  LINKER(
      "from which every program loads libraries",
      List.of(Technique.DYNAMIC_LINKER),
      List.of(PackRule.FILE_PERSISTENCE),
      List.of("/ld.so."),
      null),
  SHELL_START(
      "that shells run when they start",
      List.of(Technique.SHELL_CONFIGURATION),
      List.of(PackRule.FILE_PERSISTENCE),
      List.of("/etc/profile", "/.profile", "/.bash_profile", "/.bashrc", "/.zshrc"),
      null),
  /** The rest of the rule's files. */
  ACCOUNTS(
      "that says who may log in",
      List.of(Technique.SSH_AUTHORIZED_KEYS),
      List.of(PackRule.FILE_PERSISTENCE),
      List.of("/etc/"),
      // copies of these files
      "^/etc/(passwd|shadow|group)-$"),
  SERVER_PAGE(
      "that a server runs as a page",
      List.of(Technique.WEB_SHELL),
      List.of(PackRule.FILE_WEB_SHELL_WRITTEN),
      List.of(),
      // pages of another server, which may serve the same folder
      "\\.aspx?$"),
  HEAP_DUMP(
      "that holds the heap of a JVM",
      List.of(Technique.LOCAL_SYSTEM),
      List.of(),
      List.of(),
      "\\.hprof(\\.gz)?$"),
  PROGRAM(
      "that is a program, script, library or class file, or an application",
      List.of(Technique.TOOL_TRANSFER),
      List.of(PackRule.FILE_EXECUTABLE_DROPPED, PackRule.FILE_CODE_WRITTEN_TO_APP_FOLDER),
      List.of(),
      // an application's folder, which the rule names only when it is renamed or linked
      "\\.bsh$|/webapps/[^/.]+$"),
  OTHER("", List.of(), List.of(), List.of(), null);

  private static final int PATH_CHARS = 1024;

  private final String description;
  private final List<Technique> techniques;
  private final List<PackRule> rules;
  private final List<String> marks;
  private final @Nullable Pattern others;

  WrittenPath(
      String description,
      List<Technique> techniques,
      List<PackRule> rules,
      List<String> marks,
      @Nullable String others) {
    this.description = description;
    this.techniques = techniques;
    this.rules = rules;
    this.marks = marks;
    this.others = others == null ? null : Pattern.compile(others);
  }

  public static WrittenPath of(String path) {
    if (path.isEmpty() || path.length() > PATH_CHARS) {
      return OTHER;
    }
    Detection detection = Subjects.fileWritten(path);
    for (WrittenPath kind : values()) {
      if (detection.byAny(kind.rules) && kind.isMarked(path)
          || (kind.others != null && kind.others.matcher(path).find())) {
        return kind;
      }
    }
    // its rule speaks of writable folders; a program is one in every folder
    String name = path.substring(path.lastIndexOf('/') + 1);
    return Subjects.fileWritten("/tmp/" + name).by(PackRule.FILE_EXECUTABLE_DROPPED)
        ? PROGRAM
        : OTHER;
  }

  boolean isMarked(String path) {
    for (String mark : marks) {
      if (path.contains(mark)) {
        return true;
      }
    }
    return marks.isEmpty();
  }

  /** Continues "a file". */
  public String description() {
    return description;
  }

  public List<Technique> techniques() {
    return techniques;
  }

  /** True if a program starts, loads or trusts the file later. */
  public boolean persists() {
    return compareTo(SERVER_PAGE) <= 0;
  }
}
