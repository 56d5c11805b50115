package whorl.agent.redact;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Masks lines that several writers write at a time, among them a private key that one of them
 * writes line by line. Any thread, and without a lock: where two writers share a place, a line too
 * many may be masked.
 */
public final class WrittenLines {
  private static final int PLACES = 64;
  private static final int KEY_MAX_LINES = 200;

  private final Redactor redactor;

  /** The writer whose key is open, and above it how many lines of it may still come. */
  private final AtomicLongArray open = new AtomicLongArray(PLACES);

  public WrittenLines(Redactor redactor) {
    this.redactor = redactor;
    // What stands behind these is linked here, and not on a thread of the application's.
    open.set(0, open.get(0));
  }

  /**
   * The next line of this writer without its secrets.
   *
   * @param writer any number of its own
   */
  public String line(int writer, String text) {
    int place = (writer ^ writer >>> 8) & PLACES - 1;
    long found = open.get(place);
    long left = found >>> Integer.SIZE;
    boolean own = left > 0 && (int) found == writer;
    if (own) {
      boolean end = text.contains(PrivateKeys.END);
      boolean body = !end && PrivateKeys.isBody(text);
      open.set(place, body ? state(writer, left - 1) : 0);
      if (body || end) {
        return Redactor.MASK;
      }
    }
    if (PrivateKeys.opens(text)) {
      open.set(place, state(writer, KEY_MAX_LINES));
    }
    return redactor.text(text);
  }

  private static long state(int writer, long left) {
    return left << Integer.SIZE | Integer.toUnsignedLong(writer);
  }
}
