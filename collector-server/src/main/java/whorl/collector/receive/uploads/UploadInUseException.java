package whorl.collector.receive.uploads;

import java.io.IOException;

/** Another request, perhaps at another collector, is changing an upload or its evidence. */
public final class UploadInUseException extends IOException {
  private static final long serialVersionUID = 1L;

  private final long offset;

  /**
   * @param offset of the upload; -1 if the whole evidence is in use
   */
  public UploadInUseException(String what, long offset) {
    super(what + " is in use");
    this.offset = offset;
  }

  /** The offset of the upload; -1 if the whole evidence is in use. */
  public long offset() {
    return offset;
  }
}
