package whorl.collector.cli.command;

import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * From when to when; all commands that can be limited to a time have the same options. A command
 * mixes this in; a group of options extends it, because the parser has no mixins there.
 */
public class PeriodOptions {
  @Option(
      names = {"--since", "--from"},
      paramLabel = "TIME",
      description =
          "From then on: 10m, 2h or 3d ago, 17:06 or 2026-11-29T08:00:00Z (UTC), today, yesterday.",
      converter = GivenTime.Converter.class)
  private @Nullable GivenTime from;

  @Option(
      names = {"--until", "--to"},
      paramLabel = "TIME",
      description = "Before then.",
      converter = GivenTime.Converter.class)
  private @Nullable GivenTime to;

  /** The first time; null for any. */
  public final @Nullable GivenTime from() {
    return from;
  }

  /** The end; null for any. */
  public final @Nullable GivenTime to() {
    return to;
  }

  /** The first time; null for any. */
  public final @Nullable Instant from(InstantSource clock) {
    return from == null ? null : from.at(clock);
  }

  /** The end; null for any. */
  public final @Nullable Instant to(InstantSource clock) {
    return to == null ? null : to.at(clock);
  }
}
