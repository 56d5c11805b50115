package whorl.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import whorl.dist.program.Activities;
import whorl.dist.program.Managed;
import whorl.dist.program.Operations;

/**
 * A security manager is a class of the application's, which hooks must not call: it could throw,
 * wait, or act unseen. Up to 23 an application can install one.
 */
class SecurityManagerIT {
  private static final int FIRST_WITHOUT = 24;

  @TempDir Path folder;

  static Stream<Arguments> programsAndJdks() throws IOException {
    List<Jdk> jdks = Jdk.installed().stream().filter(jdk -> jdk.feature() < FIRST_WITHOUT).toList();
    return Stream.of(Operations.class, Activities.class)
        .flatMap(program -> jdks.stream().map(jdk -> Arguments.of(program, jdk)));
  }

  @ParameterizedTest
  @MethodSource("programsAndJdks")
  void hooks_underAManagerOfTheApplication_neverAskIt(Class<?> program, Jdk jdk) throws Exception {
    Kept.Run run =
        new Kept(folder)
            .run(
                new ChildJvm(jdk.home())
                    .option("-Djava.security.manager=allow")
                    .option("--add-opens=java.base/java.lang.invoke=ALL-UNNAMED")
                    .option("-Dprogram=" + program.getName())
                    .variable("WHORL_HEAP", "off")
                    .variable("WHORL_CAPTURE_AFTER", "0s"),
                Managed.class.getName());
    assertThat(run.evidence()).as(run.outcome().toString()).isNotNull();
    assertThat(run.outcome().out())
        .contains("rules of the manager applied to ")
        .doesNotContain("asked by the agent");
  }
}
