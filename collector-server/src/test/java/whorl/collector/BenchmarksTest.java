package whorl.collector;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Benchmarks are not part of the build; this test checks that they still compile. */
class BenchmarksTest {
  private static final String FIGURES = "agent/benchmarks/app/Figures.java";
  private static final Path ROOT = Path.of("").toAbsolutePath().getParent();

  @TempDir private Path classes;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "agent/benchmarks/app",
        "agent/benchmarks/jmh",
        "agent/benchmarks/heap",
        "collector-server/benchmarks/ingest collector-server/benchmarks/server " + FIGURES,
        "collector-server/benchmarks/channels collector-server/benchmarks/server " + FIGURES,
        "collector-server/benchmarks/timeline"
      })
  void benchmark_compiles(String places) throws IOException {
    List<Path> sources = new ArrayList<>();
    for (String place : places.split(" ")) {
      try (Stream<Path> files = Files.walk(ROOT.resolve(place))) {
        files.filter(file -> file.toString().endsWith(".java")).forEach(sources::add);
      }
    }
    assertThat(sources).isNotEmpty();

    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter output = new StringWriter();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      List<String> options = List.of("-nowarn", "-proc:none", "-d", classes.toString());
      boolean compiled =
          compiler
              .getTask(
                  output, files, null, options, null, files.getJavaFileObjectsFromPaths(sources))
              .call();
      assertThat(compiled).as(output.toString()).isTrue();
    }
  }
}
