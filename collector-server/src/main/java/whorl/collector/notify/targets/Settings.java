package whorl.collector.notify.targets;

import java.io.IOException;
import java.util.List;
import whorl.collector.notify.message.SecretFile;
import whorl.collector.notify.message.Target;

/** What one type of target needs. */
public interface Settings {
  /** The word of the type in the file. */
  String type();

  /** Where messages go, for people; without secrets. */
  String shown();

  /** The files with secrets, which must be there. */
  List<SecretFile> secrets();

  /** Creates the target; it connects when it delivers. */
  Target open();

  /**
   * Checks what can be checked without a connection.
   *
   * @throws IOException naming the file with the problem
   */
  default void check() throws IOException {
    for (SecretFile each : secrets()) {
      String unused = each.read();
    }
  }
}
