package whorl.collector.notify.message;

import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The other side refused a message. */
public final class RefusedException extends IOException {
  private static final long serialVersionUID = 1;

  private final boolean forGood;
  private final boolean partly;
  private final @Nullable Duration retryAfter;

  private RefusedException(
      String message, boolean forGood, boolean partly, @Nullable Duration retryAfter) {
    super(message);
    this.forGood = forGood;
    this.partly = partly;
    this.retryAfter = retryAfter;
  }

  /** It would refuse this message at each attempt. */
  public static RefusedException forGood(String why) {
    return new RefusedException(why, true, false, null);
  }

  /** It took some of what was sent, and would refuse the rest at each attempt. */
  public static RefusedException partly(String why) {
    return new RefusedException(why, true, true, null);
  }

  /** It wants to be left alone for a time. */
  public static RefusedException until(String why, Duration retryAfter) {
    return new RefusedException(why, false, false, retryAfter);
  }

  public boolean isForGood() {
    return forGood;
  }

  public boolean isPartly() {
    return partly;
  }

  public @Nullable Duration retryAfter() {
    return retryAfter;
  }
}
