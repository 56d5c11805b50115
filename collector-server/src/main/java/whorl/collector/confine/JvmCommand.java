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
  /**
   * Variables that define the encoding of file names and text. All others may hold secrets or
   * options.
   */
  private static final Set<String> KEPT_VARIABLES =
      Set.of("LANG", "LC_ALL", "LC_CTYPE", "SystemRoot");

  /**
   * The lowest priority of Java is 10 of nice(1), for all threads that compute. Everybody may give
   * up priority, but HotSpot warns users other than root on standard output.
   */
  private static final List<String> BACKGROUND =
      List.of(
          "-XX:-PrintWarnings",
          "-XX:ThreadPriorityPolicy=1",
          "-XX:JavaPriority" + Thread.MIN_PRIORITY + "_To_OSPriority=10",
          "-XX:CompilerThreadPriority=10",
          "-XX:VMThreadPriority=10");

  private JvmCommand() {}

  /**
   * @param runFolder the folder of this run
   */
  static ProcessBuilder of(ConfinedRun run, Path runFolder) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(java());
    command.add("-Xmx" + run.heapBytes());
    command.add("-XX:MaxMetaspaceSize=" + run.metaspaceBytes());
    command.add("-XX:+UseSerialGC");
    if (run.quickStart()) {
      command.add("-XX:TieredStopAtLevel=1");
    }
    if (run.background()) {
      command.addAll(BACKGROUND);
    }
    command.add("-XX:+ExitOnOutOfMemoryError");
    command.add("-XX:-UsePerfData");
    command.add("-XX:+DisableAttachMechanism");
    command.add("-XX:ErrorFile=" + runFolder.resolve("crash.log"));
    command.add("-Djava.io.tmpdir=" + runFolder);
    command.add("-Djava.awt.headless=true");
    command.add("-Dfile.encoding=UTF-8");
    command.add("-Dstdout.encoding=UTF-8");
    command.add("-Dstderr.encoding=UTF-8");
    command.add("-cp");
    command.add(classPath());
    command.add(ConfinedMain.class.getName());
    command.add(Long.toString(run.timeLimit().toMillis()));
    command.add(run.mainClass());
    command.addAll(run.arguments());
    ProcessBuilder builder = new ProcessBuilder(command).directory(runFolder.toFile());
    Map<String, String> environment = builder.environment();
    environment.keySet().retainAll(KEPT_VARIABLES);
    // each arena of glibc reserves 64 MiB
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

  /**
   * Returns the collector's class path as absolute paths, because the run has another working
   * directory.
   */
  private static String classPath() {
    return Arrays.stream(System.getProperty("java.class.path", "").split(File.pathSeparator))
        .map(entry -> Path.of(entry).toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }
}
