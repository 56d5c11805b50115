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
    long before = logged();
    for (int i = 0; i < 3; i++) {
      checks.run("part", () -> fail(new IOException("a")));
    }
    assertThat(logged()).isEqualTo(before + 1);

    checks.run("part", () -> {});
    checks.run("part", () -> fail(new IOException("a")));
    assertThat(logged()).isEqualTo(before + 2);
  }

  /** How often the log has a failed check; repeated messages are one line. */
  private static long logged() {
    return AgentLog.shared().lines().stream()
        .filter(line -> line.message().startsWith("the check of "))
        .mapToLong(AgentLog.Line::times)
        .sum();
  }

  private static void fail(Throwable failure) throws Exception {
    if (failure instanceof Error error) {
      throw error;
    }
    throw (Exception) failure;
  }
}
