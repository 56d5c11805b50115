package whorl.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import whorl.dist.program.Ender;

/**
 * Where nobody gets anything out of a wait the JVM ends with the agent as soon as without, from its
 * last statement until the process is gone. The best of some turns counts: others use this machine.
 */
@Tag("unproven") // measures time, and was tried on a loaded machine alone
class EndDelayIT {
  private static final int TURNS = 3;

  /** Half of it would do on a machine of its own. */
  private static final long SLACK_MILLIS = 300;

  @TempDir Path folder;

  static Stream<Arguments> ends() throws IOException {
    List<Arguments> ends = new ArrayList<>();
    for (Jdk jdk : Jdk.installed()) {
      ends.add(Arguments.of(jdk, "0", 3_000, "no collector"));
      ends.add(Arguments.of(jdk, "1", 1_500, "no collector"));
      ends.add(Arguments.of(jdk, "uncaught", 0, "no collector"));
      ends.add(Arguments.of(jdk, "0", 1_500, "unreachable"));
      ends.add(Arguments.of(jdk, "1", 1_500, "never, unreachable"));
      ends.add(Arguments.of(jdk, "0", 4_000, "no patience, no collector"));
    }
    return ends.stream();
  }

  @ParameterizedTest(name = "{0}: {1} after {2} ms, {3}")
  @MethodSource("ends")
  void end_nobodyGetsAnythingOutOfAWait_isAsQuickAsWithoutTheAgent(
      Jdk jdk, String how, int workMillis, String settings) throws Exception {
    long without = Long.MAX_VALUE;
    long with = Long.MAX_VALUE;
    for (int i = 0; i < TURNS; i++) {
      without = Math.min(without, millis(new ChildJvm(jdk.home()), how, workMillis));
      with = Math.min(with, millis(agent(jdk, settings), how, workMillis));
    }

    assertThat(with).isLessThan(2 * without + SLACK_MILLIS);
  }

  private static ChildJvm agent(Jdk jdk, String settings) throws IOException {
    ChildJvm jvm = new ChildJvm(jdk.home()).withAgent();
    if (settings.contains("unreachable")) {
      try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        jvm.variable("WHORL_COLLECTOR_URL", "http://127.0.0.1:" + closed.getLocalPort());
      }
    }
    if (settings.contains("never")) {
      jvm.variable("WHORL_CAPTURE_ON_EXIT", "never");
    }
    if (settings.contains("no patience")) {
      jvm.variable("WHORL_START_PATIENCE", "0s");
    }
    return jvm;
  }

  private long millis(ChildJvm jvm, String how, int workMillis) throws Exception {
    ChildJvm.Outcome outcome =
        jvm.option("-Djava.io.tmpdir=" + folder)
            .run(Ender.class, how, Integer.toString(workMillis));
    long ended = System.currentTimeMillis();
    assertThat(outcome.out()).as(outcome.err()).startsWith("ends ");
    return ended - Long.parseLong(outcome.out().strip().substring("ends ".length()));
  }
}
