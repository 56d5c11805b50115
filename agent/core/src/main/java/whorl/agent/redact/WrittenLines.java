package whorl.agent.redact;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Masks lines that several writers write concurrently, including a private key that one of them
 * writes line by line. Thread-safe, without a lock: if two writers share a slot, a line too many
 * may be masked.
 */
public final class WrittenLines {
  private static final int SLOTS = 64;
  private static final int KEY_MAX_LINES = 200;

  private final Redactor redactor;

  /** The writer with an open key, and in the upper half the number of lines that may still come. */
  private final AtomicLongArray open = new AtomicLongArray(SLOTS);

  public WrittenLines(Redactor redactor) {
    this.redactor = redactor;
    // Links the code behind this here, and not on a thread of the application.
    open.set(0, open.get(0));
  }

  /**
   * Returns the next line of this writer without its secrets.
   *
   * @param writer a number that identifies the writer
   */
  public String line(int writer, String text) {
    int slot = (writer ^ writer >>> 8) & SLOTS - 1;
    long found = open.get(slot);
    long remaining = found >>> Integer.SIZE;
    boolean own = remaining > 0 && (int) found == writer;
    if (own) {
      boolean end = text.contains(PrivateKeys.END);
      boolean body = !end && PrivateKeys.isBody(text);
      open.set(slot, body ? state(writer, remaining - 1) : 0);
      if (body || end) {
        return Redactor.MASK;
      }
    }
    if (PrivateKeys.opens(text)) {
      open.set(slot, state(writer, KEY_MAX_LINES));
    }
    return redactor.text(text);
  }

  private static long state(int writer, long remaining) {
    return remaining << Integer.SIZE | Integer.toUnsignedLong(writer);
  }
}
