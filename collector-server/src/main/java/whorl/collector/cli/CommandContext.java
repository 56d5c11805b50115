package whorl.collector.cli;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * What a command has around it.
 *
 * @param environment as the process's
 * @param clock for the lifetimes of certificates
 * @param nanos a clock that only goes forward, for patience
 */
public record CommandContext(
    Terminal terminal,
    Map<String, String> environment,
    InstantSource clock,
    LongSupplier nanos,
    Pace pace) {

  /** How patient commands are. */
  record Pace(Duration poll, Duration retry, Duration stall, Duration outage) {
    static final Pace USUAL =
        new Pace(
            Duration.ofSeconds(1),
            Duration.ofMillis(500),
            Duration.ofSeconds(60),
            Duration.ofMinutes(2));
  }

  /** The process's own. */
  public static CommandContext system() {
    Map<String, String> environment = System.getenv();
    return new CommandContext(
        Terminal.system(environment),
        environment,
        InstantSource.system(),
        System::nanoTime,
        Pace.USUAL);
  }

  /** The same, for when the result is read by a program: nothing is drawn again. */
  CommandContext notInteractive() {
    return new CommandContext(terminal.notInteractive(), environment, clock, nanos, pace);
  }

  /** Waits; an interrupt ends the command. */
  static void pause(Duration time) {
    try {
      Thread.sleep(time.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CliException.failed("interrupted", null);
    }
  }
}
