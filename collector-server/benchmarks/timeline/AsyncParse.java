import one.jfr.JfrReader;

/**
 * Reads a recording with async-profiler's reader as it is: it makes objects of the types that it
 * knows and steps over all others.
 */
public final class AsyncParse {
  private AsyncParse() {}

  /** Arguments: the recording. */
  public static void main(String[] arguments) throws Exception {
    long rows = 0;
    try (JfrReader reader = new JfrReader(arguments[0])) {
      while (reader.readEvent() != null) {
        rows++;
      }
    }
    System.out.println("rows " + rows);
  }
}
