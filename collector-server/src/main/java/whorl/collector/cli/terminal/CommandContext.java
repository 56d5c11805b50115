package whorl.collector.cli.terminal;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * The environment of a command.
 *
 * @param environment variables of the process
 * @param clock for the lifetimes of certificates
 * @param nanos a monotonic clock, for timeouts
 */
public record CommandContext(
    Terminal terminal,
    Map<String, String> environment,
    InstantSource clock,
    LongSupplier nanos,
    Pace pace) {

  /** Intervals and timeouts of commands. */
  public record Pace(Duration poll, Duration retry, Duration stall, Duration outage) {
    static final Pace USUAL =
        new Pace(
            Duration.ofSeconds(1),
            Duration.ofMillis(500),
            Duration.ofSeconds(60),
            Duration.ofMinutes(2));
  }

  /** The context of this process. */
  public static CommandContext system() {
    Map<String, String> environment = System.getenv();
    return new CommandContext(
        Terminal.system(environment),
        environment,
        InstantSource.system(),
        System::nanoTime,
        Pace.USUAL);
  }

  /** The same context without redrawn output, for results that a program reads. */
  public CommandContext notInteractive() {
    return new CommandContext(terminal.notInteractive(), environment, clock, nanos, pace);
  }

  /** Sleeps; an interrupt ends the command. */
  public static void pause(Duration time) {
    try {
      Thread.sleep(time.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CliException.failed("interrupted", null);
    }
  }
}
