package whorl.agent.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.dynamic.loading.ClassLoadingStrategy;
import net.bytebuddy.implementation.ExceptionMethod;
import net.bytebuddy.matcher.ElementMatchers;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

final class AgentLogTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private final AgentLog log = new AgentLog(() -> NOW);

  @Test
  void logger_warning_isInTheSharedRingAndDebugIsNot() {
    Logger logger = LoggerFactory.getLogger("a.logger.of.this.test");
    logger.warn("{} of {} failed", 1, 2);
    logger.info("not kept");
    logger.debug("not kept");

    assertThat(logger.isDebugEnabled()).isFalse();
    assertThat(AgentLog.shared().lines())
        .filteredOn(line -> line.logger().equals("a.logger.of.this.test"))
        .singleElement()
        .satisfies(
            line -> {
              assertThat(line.message()).isEqualTo("1 of 2 failed");
              assertThat(line.level()).isEqualTo(Level.WARN);
            });
  }

  @Test
  void add_sameMessageAgain_isCountedInOneLine() {
    for (int i = 1; i <= 1_000; i++) {
      log.add(Level.WARN, "l", "attempt {}", "attempt " + i, null);
    }

    assertThat(log.lines())
        .containsExactly(new AgentLog.Line(NOW, Level.WARN, "l", "attempt 1000", 1_000));
    assertThat(log.lines().get(0))
        .hasToString("2026-01-02T03:04:05Z WARN l: attempt 1000 (1000 times, last shown)");
  }

  @Test
  void add_moreThanFit_dropsTheOldestAndCounts() {
    for (int i = 0; i < AgentLog.MAX_LINES + 10; i++) {
      log.add(Level.WARN, "l", "message " + i, "message " + i, null);
    }

    assertThat(log.lines()).hasSize(AgentLog.MAX_LINES);
    assertThat(log.lines().get(0).message()).isEqualTo("message 10");
    assertThat(log.droppedLines()).isEqualTo(10);
  }

  @Test
  void add_hostileText_isShortenedAndMadePrintable() {
    log.add(Level.ERROR, "l", "p", "a\nforged line\u001b[31m" + "x".repeat(5_000), null);

    String message = log.lines().get(0).message();
    assertThat(message).hasSizeLessThanOrEqualTo(AgentLog.MAX_MESSAGE_CHARS + 1);
    assertThat(message).doesNotContain("\n", "\u001b").startsWith("a\uFFFDforged line");
  }

  /** Its methods would run on a thread of the agent. */
  @Test
  void add_causeOfTheApplication_isNotCalled() throws Exception {
    Throwable foreign =
        new ByteBuddy()
            .subclass(Error.class)
            .name("acme.Refused")
            .method(ElementMatchers.named("toString"))
            .intercept(ExceptionMethod.throwing(AssertionError.class))
            .make()
            .load(getClass().getClassLoader(), ClassLoadingStrategy.Default.WRAPPER)
            .getLoaded()
            .getDeclaredConstructor()
            .newInstance();
    Throwable withForeign = new IllegalStateException("outer");
    withForeign.addSuppressed(new IllegalArgumentException(null, foreign));

    log.add(Level.ERROR, "l", "p", "failed", foreign);
    log.add(Level.ERROR, "l", "q", "failed", withForeign);

    assertThat(log.lines().get(0).message()).isEqualTo("failed\nacme.Refused");
    assertThat(log.lines().get(1).message()).isEqualTo("failed\njava.lang.IllegalStateException");
  }

  @Test
  void add_cause_isKeptInBounds() {
    log.add(Level.ERROR, "l", "p", "failed", new IllegalStateException("y".repeat(5_000)));

    assertThat(log.lines().get(0).message())
        .contains("IllegalStateException")
        .hasSizeLessThan(AgentLog.MAX_CAUSE_CHARS + 100);
  }
}
