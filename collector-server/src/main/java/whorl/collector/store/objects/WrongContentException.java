package whorl.collector.store.objects;

import java.io.IOException;
import whorl.evidence.Digest;

/** The bytes of an object are not those that its digest names. */
public final class WrongContentException extends IOException {
  private static final long serialVersionUID = 1;

  public WrongContentException(Digest expected, Digest found) {
    super(
        "content "
            + expected
            + " is damaged in the object store, where it has the SHA-256 "
            + found
            + "; verify the evidence that has it, and restore it from a backup");
  }
}
