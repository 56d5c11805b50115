import java.io.IOException;
import java.nio.file.Path;

/** The heap of another JVM. */
final class Heap {
  private Heap() {}

  /** What lives on it, after a collection. */
  static double bytes(Path home, long pid) throws IOException, InterruptedException {
    jcmd(home, pid, "GC.run");
    double kibibytes = 0;
    for (String line : jcmd(home, pid, "GC.heap_info").split("\n")) {
      if (line.contains("heap") && line.contains("used ")) {
        kibibytes += Double.parseDouble(line.replaceFirst(".*used (\\d+)K.*", "$1"));
      }
    }
    return kibibytes * 1024;
  }

  private static String jcmd(Path home, long pid, String command)
      throws IOException, InterruptedException {
    Process asking =
        new ProcessBuilder(home.resolve("bin/jcmd").toString(), "" + pid, command)
            .redirectErrorStream(true)
            .start();
    String answer = new String(asking.getInputStream().readAllBytes());
    asking.waitFor();
    return answer;
  }
}
