package whorl.agent.hprof;

import java.io.IOException;

/** A heap dump that is not passed on, because a part of it is invalid or unknown. */
public final class RefusedDumpException extends IOException {
  private static final long serialVersionUID = 1L;

  RefusedDumpException(String message) {
    super(message);
  }

  /**
   * @param tag of the record or sub-record
   * @param offset of its first byte, in its stream
   */
  static RefusedDumpException at(String kind, int tag, long offset, String why) {
    return new RefusedDumpException(
        "heap dump: " + kind + " 0x" + Integer.toHexString(tag) + " at " + offset + ": " + why);
  }
}
