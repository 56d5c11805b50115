package whorl.agent.capture.jvm;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import whorl.agent.capture.AcquisitionLog;
import whorl.agent.capture.kernel.ProcFs;
import whorl.agent.redact.Redactor;

/** Reads the JVM's own view of itself, with secrets masked. */
public final class JvmView {
  private static final int RELEASE_LINES_MAX = 100;
  private static final String COMMAND = "sun.java.command";
  private static final String COMMAND_LINE = "proc/self/cmdline";

  private final ProcFs proc;
  private final Redactor redactor;
  private final PackageOpener opener;
  private final Supplier<Properties> properties;
  private final Supplier<Map<String, String>> environment;

  public JvmView(
      ProcFs proc,
      Redactor redactor,
      PackageOpener opener,
      Supplier<Properties> properties,
      Supplier<Map<String, String>> environment) {
    this.proc = proc;
    this.redactor = redactor;
    this.opener = opener;
    this.properties = properties;
    this.environment = environment;
  }

  /** Returns the whole command line, as the kernel stores it. */
  List<String> commandLine() throws IOException {
    return redactor.arguments(proc.nulSeparated(COMMAND_LINE));
  }

  /** Returns the JVM's arguments, including those of {@code JAVA_TOOL_OPTIONS} and the like. */
  List<String> arguments() throws IOException {
    if (!ManagementBeans.present()) {
      throw new IOException("this Java image has no java.management");
    }
    return redactor.arguments(new ManagementBeans(opener).runtime().getInputArguments());
  }

  /** Returns all flags that differ from their defaults. */
  String flags() throws IOException {
    return redactor.text(new DiagnosticCommands(opener).run("VM.flags").strip());
  }

  /** Sorted by name. */
  Map<String, String> environment() {
    return redactor.values(new TreeMap<>(environment.get()));
  }

  /**
   * Sorted by name. If the application replaced the table, it is not read, because that would run
   * the application's code.
   */
  Map<String, String> properties() throws IOException {
    Properties table = table();
    Map<String, String> copied = new TreeMap<>();
    table.forEach(
        (key, value) -> {
          if (key instanceof String name) {
            copied.put(name, value instanceof String text ? text : typeOf(value));
          }
        });
    Map<String, String> shown = redactor.values(copied);
    shown.computeIfPresent(COMMAND, (name, masked) -> command(copied.getOrDefault(name, masked)));
    return shown;
  }

  private Properties table() throws IOException {
    Properties table = properties.get();
    if (table.getClass() != Properties.class) {
      throw new IOException(
          "the application replaced the properties by its own " + table.getClass().getName());
    }
    return table;
  }

  /**
   * Masks the main class and its arguments, which the JVM joined by blanks. The kernel knows where
   * each argument ends.
   */
  private String command(String joined) {
    try {
      List<String> line = proc.nulSeparated(COMMAND_LINE);
      for (int i = 1; i < line.size(); i++) {
        List<String> last = line.subList(i, line.size());
        if (String.join(" ", last).equals(joined)) {
          return redactor.text(String.join(" ", redactor.arguments(last)));
        }
      }
    } catch (IOException unreadable) {
      // Fall back to treating each word as an argument.
    }
    return redactor.command(joined);
  }

  /**
   * Returns the {@code release} file of the Java image. The application may have named any place:
   * reading a pipe or a device has no end. The table's defaults may be an object of the
   * application, so only the table is asked.
   */
  Map<String, String> release() throws IOException {
    Map<String, String> release = new LinkedHashMap<>();
    String home = table().get("java.home") instanceof String set ? set : "";
    release.put("java.home", home);
    String file = home + "/release";
    if (!proc.isFile(file)) {
      throw new IOException(AcquisitionLog.printable(file) + " is no regular file");
    }
    for (String line : proc.lines(file, RELEASE_LINES_MAX)) {
      int equals = line.indexOf('=');
      if (equals > 0) {
        release.put(line.substring(0, equals), line.substring(equals + 1).replace("\"", ""));
      }
    }
    return release;
  }

  private static String typeOf(@Nullable Object value) {
    return value == null ? "" : "(" + value.getClass().getName() + ")";
  }
}
