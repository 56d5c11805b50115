package whorl.collector.recording;

import java.io.IOException;

/** The recording contradicts itself. The message names the defect and the byte of the chunk. */
public final class DamagedRecordingException extends IOException {
  private static final long serialVersionUID = 1;

  DamagedRecordingException(String message) {
    super(message);
  }

  /**
   * A damaged recording can cause any number of these exceptions, so none of them walks the stack.
   */
  @Override
  public synchronized Throwable fillInStackTrace() {
    return this;
  }
}
