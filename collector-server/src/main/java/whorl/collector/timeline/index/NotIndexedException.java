package whorl.collector.timeline.index;

import java.io.IOException;
import whorl.collector.timeline.IndexStatus;
import whorl.evidence.Id;

/** The rows of this evidence cannot be queried; the status says why, and whether they will be. */
public final class NotIndexedException extends IOException {
  private static final long serialVersionUID = 1;

  private final transient Id evidence;
  private final transient IndexStatus status;

  public NotIndexedException(Id evidence, IndexStatus status) {
    super("evidence " + evidence + ": its timeline is " + status.state().word());
    this.evidence = evidence;
    this.status = status;
  }

  public Id evidence() {
    return evidence;
  }

  public IndexStatus status() {
    return status;
  }
}
