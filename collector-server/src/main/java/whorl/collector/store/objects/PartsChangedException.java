package whorl.collector.store.objects;

import java.io.IOException;

/**
 * The parts are not those whose tags are known: a holder that was taken for dead has written one
 * late. They cannot be joined any more.
 */
public final class PartsChangedException extends IOException {
  private static final long serialVersionUID = 1;

  public PartsChangedException(String key, Throwable cause) {
    super("the parts of " + key + " were written by another since; send the artifact again", cause);
  }
}
