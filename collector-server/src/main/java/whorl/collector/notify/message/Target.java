package whorl.collector.notify.message;

import java.io.IOException;
import java.util.List;

/** Where messages go. Used by one thread at a time. */
public interface Target extends AutoCloseable {
  /** How many messages it takes at once. */
  default int batch() {
    return 1;
  }

  /**
   * Delivers messages. Returns or throws within its own time limit, whatever the other side does.
   *
   * @return what the other side answered, in a few words
   * @throws RefusedException if the other side refuses them for good, or says when to try again
   * @throws IOException without secrets, if they may be tried again
   */
  String deliver(List<Message> messages) throws IOException;

  @Override
  default void close() {}
}
