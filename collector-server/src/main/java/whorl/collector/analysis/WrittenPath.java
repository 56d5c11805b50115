package whorl.collector.analysis;

import java.util.List;
import java.util.regex.Pattern;

/** The meaning of a written file, by its folder and name. */
enum WrittenPath {
  CRON("from which cron starts programs", List.of(Technique.CRON), "^(/etc/cron|/var/spool/cron/)"),
  SYSTEMD(
      "from which the system starts services",
      List.of(Technique.SYSTEMD_SERVICE),
      "^/(etc|lib|usr/lib|run)/systemd/|^/etc/(init\\.d/|rc\\.local$)|/\\.config/systemd/"),
  SSH(
      "that lets someone log in by SSH",
      List.of(Technique.SSH_AUTHORIZED_KEYS),
      "/\\.ssh/[^/]{1,60}$"),
  LINKER(
      "from which every program loads libraries",
      List.of(Technique.DYNAMIC_LINKER),
      "^/etc/ld\\.so\\.(preload$|conf)"),
  SHELL_START(
      "that shells run when they start",
      List.of(Technique.SHELL_CONFIGURATION),
      "/\\.(bashrc|bash_profile|profile|zshrc)$|^/etc/profile"),
  ACCOUNTS(
      "that says who may log in",
      List.of(Technique.SSH_AUTHORIZED_KEYS),
      "^/etc/(passwd|shadow|group|sudoers)|^/etc/pam\\.d/"),
  HOST(
      "through which the machine around the container is reached",
      List.of(Technique.ESCAPE_TO_HOST),
      "^/proc/(1|[0-9]{1,10})/root/|^/proc/sys/kernel/core_pattern$|/release_agent$|/notify_on_release$"),
  SERVER_PAGE(
      "that a server runs as a page",
      List.of(Technique.WEB_SHELL),
      "\\.(jspx?|jspf|jsw|jsv|jhtml|phtml|php|cfml?|aspx?)$"),
  HEAP_DUMP("that holds the heap of a JVM", List.of(Technique.LOCAL_SYSTEM), "\\.hprof(\\.gz)?$"),
  PROGRAM(
      "that is a program, script, library or class file",
      List.of(Technique.TOOL_TRANSFER),
      "\\.(sh|so|elf|run|ko|py|pl|jar|war|class|groovy|bsh)$"),
  OTHER("", List.of(), "");

  private static final int PATH_CHARS = 1024;

  private final String description;
  private final List<Technique> techniques;
  private final Pattern pattern;

  WrittenPath(String description, List<Technique> techniques, String pattern) {
    this.description = description;
    this.techniques = techniques;
    this.pattern = Pattern.compile(pattern);
  }

  static WrittenPath of(String path) {
    if (path.length() > PATH_CHARS) {
      return OTHER;
    }
    for (WrittenPath kind : values()) {
      if (kind.pattern.matcher(path).find()) {
        return kind;
      }
    }
    return OTHER;
  }

  /** Continues "a file". */
  String description() {
    return description;
  }

  List<Technique> techniques() {
    return techniques;
  }

  /** True if a program starts, loads or trusts the file later. */
  boolean persists() {
    return compareTo(SERVER_PAGE) <= 0;
  }

  /** True if the JDK and libraries write such files only in folders for temporary files. */
  static boolean inWritableFolder(String path) {
    return path.startsWith("/tmp/")
        || path.startsWith("/dev/shm/")
        || path.startsWith("/var/tmp/")
        || path.startsWith("/run/")
        || path.startsWith("/proc/");
  }
}
