package whorl.agent.redact;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** Secrets masked in a command line, in properties, and in free text. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RedactorBenchmark {
  private static final List<String> ARGUMENTS =
      List.of(
          "java",
          "-Xmx512m",
          "-Dspring.datasource.password=correct horse",
          "--server.port=8080",
          "-jar",
          "/srv/shop.jar",
          "--token",
          "battery-staple");

  /** How many variables, lines or copies of the command line there are. */
  @Param({"1", "1000"})
  int size;

  private final Redactor redactor = new Redactor(List.of("password", "secret", "token", "apikey"));
  private final Map<String, String> variables = new LinkedHashMap<>();
  private String text;

  @Setup
  public void make() {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < size; i++) {
      variables.put("SERVICE_" + i + "_URL", "https://shop:s3cret@service-" + i + ".example/api");
      lines.append("GET /products/").append(i).append("?sort=price Accept: text/html, level=1\n");
    }
    text = lines.append("Authorization: Bearer abcdefghijklmnop\n").toString();
  }

  @Benchmark
  public Object arguments() {
    return redactor.arguments(ARGUMENTS);
  }

  @Benchmark
  public Object variables() {
    return redactor.values(variables);
  }

  @Benchmark
  public Object text() {
    return redactor.text(text);
  }
}
