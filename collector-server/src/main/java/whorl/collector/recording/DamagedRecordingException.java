package whorl.collector.recording;

import java.io.IOException;

/** What a recording says can't be. Its message says what, and at which byte of the chunk. */
public final class DamagedRecordingException extends IOException {
  private static final long serialVersionUID = 1;

  DamagedRecordingException(String message) {
    super(message);
  }

  /** Whoever damages recordings decides how many there are: none costs a walk over the stack. */
  @Override
  public synchronized Throwable fillInStackTrace() {
    return this;
  }
}
