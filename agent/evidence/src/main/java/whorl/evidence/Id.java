package whorl.evidence;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;
import java.time.InstantSource;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/**
 * The name of an agent, an alert, a capture or a piece of evidence. Ids made by {@link #next} are
 * UUIDs of version 7 (RFC 9562), so their text sorts by the time they were made.
 *
 * @param value 8 to 64 of {@code a-z 0-9 -}, which is safe as a file name and in a URL
 */
public record Id(@JsonValue String value) implements Comparable<Id> {
  private static final Pattern SHAPE = Pattern.compile("[a-z0-9][a-z0-9-]{7,63}");

  /**
   * @throws IllegalArgumentException if {@code value} is not of this form
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public Id {
    if (!SHAPE.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "not an id (8 to 64 of a-z, 0-9 and '-'): " + Text.shortened(value));
    }
  }

  /** True if {@code text} has the form of an id. */
  public static boolean isId(String text) {
    return SHAPE.matcher(text).matches();
  }

  /** A new unique id. */
  public static Id next(InstantSource clock) {
    return at(clock.instant(), new SplittableRandom(ThreadLocalRandom.current().nextLong()));
  }

  private static Id at(Instant now, SplittableRandom random) {
    long high = (now.toEpochMilli() << 16) | 0x7000L | (random.nextLong() & 0x0FFFL);
    long low = (random.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
    return new Id(new UUID(high, low).toString());
  }

  @Override
  public int compareTo(Id other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
