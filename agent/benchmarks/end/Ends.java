import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * How much later a JVM ends with the agent: milliseconds from its last statement until the process
 * is gone, each end in each way in turn, round after round.
 */
final class Ends {
  private static final long LIMIT_SECONDS = 60;

  /** What the program does: how it ends, and for how long it works before. */
  private record End(String how, long workMillis) {
    @Override
    public String toString() {
      return how + " after " + workMillis + " ms";
    }
  }

  private static final List<End> ENDS =
      List.of(
          new End("return", 0),
          new End("0", 0),
          new End("0", 3000),
          new End("1", 0),
          new End("1", 3000),
          new End("uncaught", 3000),
          new End("0", 8000));

  private Ends() {}

  /**
   * @param arguments rounds, java, agent jar, class path, a command to run before each JVM such as
   *     {@code taskset -c 0}, or nothing; the URL of a collector and a token's file, or nothing
   */
  public static void main(String[] arguments) throws Exception {
    int rounds = Integer.parseInt(arguments[0]);
    String java = arguments[1];
    String agent = arguments[2];
    String classPath = arguments[3];
    List<String> before =
        arguments[4].isBlank() ? List.of() : Arrays.asList(arguments[4].split(" "));
    int closed;
    try (ServerSocket gone = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closed = gone.getLocalPort();
    }
    Path folder = Files.createTempDirectory("whorl-ends");
    Map<String, List<String>> ways = new LinkedHashMap<>();
    ways.put("none", List.of());
    ways.put("no collector", List.of("-javaagent:" + agent));
    ways.put(
        "never, unreachable",
        List.of("-javaagent:" + agent + "=collector.url=http://127.0.0.1:" + closed + ",capture.on-exit=never"));
    ways.put(
        "unreachable", List.of("-javaagent:" + agent + "=collector.url=http://127.0.0.1:" + closed));
    if (arguments.length > 6) {
      ways.put(
          "collector",
          List.of(
              "-javaagent:"
                  + agent
                  + "=collector.url="
                  + arguments[5]
                  + ",collector.token-file="
                  + arguments[6]));
    }
    Map<String, List<Long>> figures = new LinkedHashMap<>();
    for (int round = 0; round < rounds; round++) {
      for (End end : ENDS) {
        for (Map.Entry<String, List<String>> way : ways.entrySet()) {
          List<String> command = new ArrayList<>(before);
          command.add(java);
          command.addAll(way.getValue());
          command.addAll(
              List.of(
                  "-Djava.io.tmpdir=" + folder,
                  "-cp",
                  classPath,
                  "Ender",
                  end.how(),
                  Long.toString(end.workMillis())));
          figures
              .computeIfAbsent(end + "\t" + way.getKey(), key -> new ArrayList<>())
              .add(millis(command));
        }
      }
    }
    System.out.println("end\tway\tmilliseconds: median\tleast\tmost");
    figures.forEach(
        (key, of) -> {
          of.sort(null);
          System.out.println(
              key + "\t" + of.get(of.size() / 2) + "\t" + of.get(0) + "\t" + of.get(of.size() - 1));
        });
  }

  private static long millis(List<String> command) throws Exception {
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    long began = 0;
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        if (line.startsWith("ends ")) {
          began = Long.parseLong(line.substring("ends ".length()));
        }
      }
    }
    if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IllegalStateException("does not end: " + command);
    }
    return System.currentTimeMillis() - began;
  }
}
