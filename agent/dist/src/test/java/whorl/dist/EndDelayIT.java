package whorl.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import whorl.dist.program.Ender;

/**
 * If a wait would save nothing, the JVM ends with the agent as soon as without, from its last
 * statement to the end of the process. The best round counts, since others use this machine. A few
 * rows run always, all of them with {@code -Dwhorl.ends=all}.
 */
class EndDelayIT {
  private static final boolean ALL = "all".equals(System.getProperty("whorl.ends"));

  /** As many as a busy machine needs; mostly the first suffices. */
  private static final int TURNS = 6;

  private static final long DELAY_MILLIS = 150;

  /** JFR's recording and about twenty threads of the agent end too, which takes processor time. */
  private static final long STARTED_DELAY_MILLIS = 400;

  @TempDir Path folder;

  static Stream<Arguments> ends() throws IOException {
    List<Arguments> ends = new ArrayList<>();
    List<Jdk> jdks = Jdk.installed();
    for (Jdk jdk : jdks) {
      ends.add(Arguments.of(jdk, "0", 3_000, "no collector"));
      if (!ALL && jdk != jdks.get(0)) {
        continue;
      }
      ends.add(Arguments.of(jdk, "1", 1_500, "no collector"));
      ends.add(Arguments.of(jdk, "uncaught", 0, "no collector"));
      ends.add(Arguments.of(jdk, "0", 1_500, "unreachable"));
      ends.add(Arguments.of(jdk, "1", 1_500, "never, unreachable"));
      ends.add(Arguments.of(jdk, "0", 1_500, "started, no collector"));
    }
    return ends.stream();
  }

  @ParameterizedTest(name = "{0}: {1} after {2} ms, {3}")
  @MethodSource("ends")
  void end_nobodyGetsAnythingOutOfAWait_isAsQuickAsWithoutTheAgent(
      Jdk jdk, String how, int workMillis, String settings) throws Exception {
    long without = Integer.MAX_VALUE;
    long with = Long.MAX_VALUE;
    long delay = settings.contains("started") ? STARTED_DELAY_MILLIS : DELAY_MILLIS;
    for (int i = 0; i < TURNS && with > limit(without, delay); i++) {
      without = Math.min(without, millis(new ChildJvm(jdk.home()), how, workMillis, settings));
      with = Math.min(with, millis(agent(jdk, settings), how, workMillis, settings));
    }

    assertThat(with)
        .as("%d ms without the agent", without)
        .isLessThanOrEqualTo(limit(without, delay));
  }

  /** A JVM that takes longer than the delay for its own end is on a machine that is overloaded. */
  private static long limit(long without, long delay) {
    return without + Math.max(delay, without);
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
    if (settings.contains("started")) {
      jvm.variable("WHORL_START_PATIENCE", "0s");
    }
    return jvm;
  }

  private long millis(ChildJvm jvm, String how, int workMillis, String settings) throws Exception {
    List<String> arguments = new ArrayList<>(List.of(how, Integer.toString(workMillis)));
    if (settings.contains("started")) {
      arguments.add("started");
    }
    ChildJvm.Outcome outcome =
        jvm.option("-Djava.io.tmpdir=" + folder).run(Ender.class, arguments.toArray(new String[0]));
    long ended = System.currentTimeMillis();
    assertThat(outcome.out()).as(outcome.err()).startsWith("ends ");
    return ended - Long.parseLong(outcome.out().strip().substring("ends ".length()));
  }
}
