package whorl.collector.confine;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The command line and the environment of a confined JVM. */
final class JvmCommand {
  /** How file names and text are encoded; the rest may hold secrets or options. */
  private static final Set<String> KEPT_VARIABLES =
      Set.of("LANG", "LC_ALL", "LC_CTYPE", "SystemRoot");

  private JvmCommand() {}

  /**
   * @param own a folder of this run alone
   */
  static ProcessBuilder of(ConfinedRun what, Path own) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(java());
    command.add("-Xmx" + what.heapBytes());
    command.add("-XX:MaxMetaspaceSize=" + what.metaspaceBytes());
    command.add("-XX:+UseSerialGC");
    if (what.quickStart()) {
      command.add("-XX:TieredStopAtLevel=1");
    }
    command.add("-XX:+ExitOnOutOfMemoryError");
    command.add("-XX:-UsePerfData");
    command.add("-XX:+DisableAttachMechanism");
    command.add("-XX:ErrorFile=" + own.resolve("crash.log"));
    command.add("-Djava.io.tmpdir=" + own);
    command.add("-Djava.awt.headless=true");
    command.add("-Dfile.encoding=UTF-8");
    command.add("-Dstdout.encoding=UTF-8");
    command.add("-Dstderr.encoding=UTF-8");
    command.add("-cp");
    command.add(classPath());
    command.add(ConfinedMain.class.getName());
    command.add(Long.toString(what.timeLimit().toMillis()));
    command.add(what.mainClass());
    command.addAll(what.arguments());
    ProcessBuilder builder = new ProcessBuilder(command).directory(own.toFile());
    Map<String, String> environment = builder.environment();
    environment.keySet().retainAll(KEPT_VARIABLES);
    // each arena of glibc's reserves 64 MiB
    environment.put("MALLOC_ARENA_MAX", "2");
    return builder;
  }

  private static String java() throws IOException {
    Path bin = Path.of(System.getProperty("java.home", ""), "bin");
    for (String name : List.of("java", "java.exe")) {
      if (Files.isExecutable(bin.resolve(name))) {
        return bin.resolve(name).toString();
      }
    }
    return ProcessHandle.current()
        .info()
        .command()
        .orElseThrow(
            () -> new IOException("no java in " + bin + "; run the collector with a whole Java"));
  }

  /** Ours, told from the root: the run has another working directory. */
  private static String classPath() {
    return Arrays.stream(System.getProperty("java.class.path", "").split(File.pathSeparator))
        .map(entry -> Path.of(entry).toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }
}
