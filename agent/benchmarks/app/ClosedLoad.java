import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** wrk: a given number of connections; each sends its next request once it is answered. */
record ClosedLoad(double requestsPerSecond, double p50, double p99, double p999) {
  private static final String SCRIPT =
      """
      local paths = {%s}
      local next = 0
      request = function()
        next = next %% #paths + 1
        return wrk.format("GET", paths[next])
      end
      done = function(summary, latency, requests)
        local errors = summary.errors
        io.write(string.format("figures %%f %%f %%f %%f %%d\\n",
          summary.requests / summary.duration * 1e6, latency:percentile(50) / 1000,
          latency:percentile(99) / 1000, latency:percentile(99.9) / 1000,
          errors.connect + errors.read + errors.write + errors.status + errors.timeout))
      end
      """;
  private static final Pattern FIGURES =
      Pattern.compile("figures (\\S+) (\\S+) (\\S+) (\\S+) (\\d+)");

  static ClosedLoad run(int port, List<String> paths, int connections, int seconds, Path folder)
      throws IOException, InterruptedException {
    Path script = folder.resolve("load.lua");
    String quoted = "\"" + String.join("\", \"", paths) + "\"";
    Files.writeString(script, SCRIPT.formatted(quoted));
    Process wrk =
        new ProcessBuilder(
                "wrk", "-t1", "-c" + connections, "-d" + seconds + "s", "-s", script.toString(),
                "http://127.0.0.1:" + port)
            .redirectErrorStream(true)
            .start();
    String said = new String(wrk.getInputStream().readAllBytes());
    wrk.waitFor();
    Matcher figures = FIGURES.matcher(said);
    if (!figures.find() || !figures.group(5).equals("0")) {
      throw new IOException("wrk had errors:\n" + said);
    }
    return new ClosedLoad(
        Double.parseDouble(figures.group(1)),
        Double.parseDouble(figures.group(2)),
        Double.parseDouble(figures.group(3)),
        Double.parseDouble(figures.group(4)));
  }
}
