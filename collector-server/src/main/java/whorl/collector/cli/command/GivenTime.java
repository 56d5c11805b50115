package whorl.collector.cli.command;

import java.time.Instant;
import java.time.InstantSource;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;
import whorl.collector.times.Times;

/** A time as a person gives it, in any form of {@link Times}. */
public record GivenTime(String text) {
  /**
   * @throws IllegalArgumentException if it has no form of a time
   */
  public GivenTime {
    Instant unused = Times.of(text, Instant.EPOCH);
  }

  /** The time, relative to this clock. */
  public Instant at(InstantSource clock) {
    return Times.of(text, clock.instant());
  }

  /** Parses a time. */
  public static final class Converter implements ITypeConverter<GivenTime> {
    @Override
    public GivenTime convert(String text) {
      try {
        return new GivenTime(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }
}
