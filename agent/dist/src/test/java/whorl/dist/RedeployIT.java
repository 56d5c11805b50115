package whorl.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import whorl.dist.program.Redeployer;

/**
 * A web application does what is watched, and is undeployed: its class loader goes, before a
 * capture of all artifacts, when one was taken of it, and after that.
 */
class RedeployIT {
  private static final Path SOURCES = Path.of("src/test/resources/redeployed");

  @TempDir Path folder;

  static Stream<Jdk> jdks() throws IOException {
    return Jdk.nextOf(RedeployIT.class);
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void redeployedApplication_itsLoaderGoes_beforeWithAndAfterACapture(Jdk jdk) throws Exception {
    Path application = compile(folder.resolve("application"));

    Kept.Run run =
        new Kept(folder)
            .run(
                new ChildJvm(jdk.home())
                    .option("-Xmx160m", "-XX:+StartAttachListener", "-Dwhorl.start.patience=0s")
                    .option("-Dapplication=" + application, "-Dwhorl.heap=always"),
                Redeployer.class);

    assertThat(run.outcome().out())
        .as(run.outcome().err())
        .isEqualToIgnoringNewLines("before: let go\nduring: let go\nafter: let go\n");
    assertThat(run.evidence()).isNotNull();
    assertThat(Files.readString(run.evidence().resolve("registrations.ndjson")))
        .contains("WebApplication$Filter", "WebApplication$Worker");
    assertThat(Files.readString(run.evidence().resolve("classes.ndjson")))
        .contains("org.springframework.web.servlet.DispatcherServlet");
  }

  private static Path compile(Path into) throws IOException {
    List<String> arguments =
        new ArrayList<>(List.of("-proc:none", "-nowarn", "--release", "17", "-d"));
    arguments.add(Files.createDirectories(into).toString());
    try (Stream<Path> sources = Files.walk(SOURCES)) {
      sources
          .filter(file -> file.toString().endsWith(".java"))
          .forEach(file -> arguments.add(file.toString()));
    }
    int status =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, arguments.toArray(new String[0]));
    assertThat(status).isZero();
    return into;
  }
}
