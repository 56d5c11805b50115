package whorl.collector.sql;

import java.io.IOException;

/** The query can't be answered, for a reason that its author can do something about. */
final class SqlProblemException extends IOException {
  private static final long serialVersionUID = 1;

  SqlProblemException(String message) {
    super(message);
  }
}
