package whorl.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import whorl.dist.program.Leaver;

/** A JVM that ends in good order leaves no file of the agent, so that nothing is to be removed. */
class RemovalIT {
  @TempDir Path folder;

  static Stream<Jdk> jdks() throws IOException {
    return Jdk.nextOf(RemovalIT.class);
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void endInGoodOrder_leavesNoFile(Jdk jdk) throws Exception {
    Path work = Files.createDirectory(folder.resolve("work"));
    Path own = Files.createDirectory(folder.resolve("own"));
    Path temporary = Files.createDirectory(folder.resolve("tmp"));

    ChildJvm.Outcome outcome =
        new ChildJvm(jdk.home())
            .withAgent()
            .in(work)
            .option("-Dway=exit 0", "-Djava.io.tmpdir=" + temporary)
            .variable("WHORL_RECORDING_DIR", own.toString())
            .run(Leaver.class, work.toString());

    assertThat(outcome.exitStatus()).as(outcome.toString()).isZero();
    assertThat(within(own)).isEmpty();
    assertThat(within(temporary)).isEmpty();
    assertThat(within(work)).containsExactly("leaving"); // the program's own
  }

  private static List<String> within(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(each -> !each.equals(folder))
          .map(each -> folder.relativize(each).toString())
          .sorted()
          .toList();
    }
  }
}
