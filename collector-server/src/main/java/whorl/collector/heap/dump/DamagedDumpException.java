package whorl.collector.heap.dump;

/** A heap dump that cannot be read, or not from here on. */
public final class DamagedDumpException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public DamagedDumpException(String message) {
    super(message);
  }
}
