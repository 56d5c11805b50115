package whorl.agent.thread;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import whorl.agent.log.AgentLog;

class ChecksTest {
  private final Checks checks = new Checks();
  private final List<String> run = new ArrayList<>();

  @Test
  void run_failureOfOne_keepsNoOtherFromItsTurn() {
    for (Throwable failure :
        List.of(
            new IOException("a"),
            new IllegalStateException("b"),
            new NoClassDefFoundError("c"),
            new StackOverflowError(),
            new OutOfMemoryError("unable to create native thread"))) {
      checks.run("one", () -> fail(failure));
      checks.run("two", () -> run.add(failure.getClass().getSimpleName()));
    }

    assertThat(run)
        .containsExactly(
            "IOException",
            "IllegalStateException",
            "NoClassDefFoundError",
            "StackOverflowError",
            "OutOfMemoryError");
  }

  @Test
  void run_sameFailureAgain_isLoggedOnce_untilItWorksAgain() {
    String name = "part-" + System.nanoTime();
    for (int i = 0; i < 3; i++) {
      checks.run(name, () -> fail(new IOException("a")));
    }
    assertThat(logged(name)).isEqualTo(1);

    checks.run(name, () -> {});
    checks.run(name, () -> fail(new IOException("a")));
    assertThat(logged(name)).isEqualTo(2);
  }

  private static long logged(String name) {
    return AgentLog.shared().lines().stream()
        .filter(line -> line.toString().contains(name))
        .count();
  }

  private static void fail(Throwable failure) throws Exception {
    if (failure instanceof Error error) {
      throw error;
    }
    throw (Exception) failure;
  }
}
