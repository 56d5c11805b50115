package whorl.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import whorl.dist.program.Intruder;

/** Java images that lack nearly everything. */
class SmallImageIT {
  @TempDir Path folder;

  static Stream<Arguments> images() throws IOException {
    List<Arguments> images = new ArrayList<>();
    for (Jdk jdk : Jdk.withJlink()) {
      images.add(Arguments.of(jdk, "java.base,java.instrument,jdk.jfr"));
      images.add(Arguments.of(jdk, "java.base,java.instrument"));
    }
    return images.stream();
  }

  @ParameterizedTest
  @MethodSource("images")
  void agent_onASmallImage_bringsEvidenceAndPrintsItsOneLine(Jdk jdk, String modules)
      throws Exception {
    Path image = folder.resolve("image");
    ChildJvm.Outcome linked =
        new ChildJvm(jdk.home())
            .run(
                List.of(
                    jdk.home().resolve("bin/jlink").toString(),
                    "--add-modules",
                    modules,
                    "--output",
                    image.toString()));
    assertThat(linked.exitStatus()).as(linked.out() + linked.err()).isZero();

    Kept.Run run = new Kept(folder).run(new ChildJvm(image), Intruder.class);
    assertThat(run.evidence()).as(run.outcome().err()).isNotNull();
    assertThat(Files.exists(run.evidence().resolve("recording.jfr")))
        .isEqualTo(modules.contains("jdk.jfr"));
    assertThat(Kept.events(run.evidence()))
        .anyMatch(event -> event.type().equals("whorl.ProcessStart"));
    ChildJvm.Outcome outcome = run.outcome();

    assertThat(outcome.exitStatus()).isZero();
    assertThat(outcome.err().lines())
        .satisfiesExactly(
            line -> assertThat(line).startsWith("whorl: ").contains("watches this JVM"));
  }
}
