package whorl.agent.capture;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.evidence.AgentMessage.CaptureProgress;
import whorl.evidence.Id;

/**
 * Hands reports on and remembers the last one of each recent capture, so that a request which comes
 * again, since the collector did not hear the answer, is answered again and not performed again.
 * Thread-safe.
 */
public final class CaptureReports implements CaptureObserver {
  private static final int KEPT_MAX = 64;

  private final CaptureObserver next;
  private final Map<Id, @Nullable CaptureProgress> last =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Id, @Nullable CaptureProgress> eldest) {
          return size() > KEPT_MAX;
        }
      };

  public CaptureReports(CaptureObserver next) {
    this.next = next;
  }

  @Override
  public void changed(CaptureProgress progress) {
    synchronized (last) {
      last.put(progress.capture(), progress);
    }
    next.changed(progress);
  }

  /** Whether this capture is new; if not, what was last said about it is said again. */
  boolean claim(Id capture) {
    CaptureProgress said;
    synchronized (last) {
      if (!last.containsKey(capture)) {
        last.put(capture, null);
        return true;
      }
      said = last.get(capture);
    }
    if (said != null) {
      next.changed(said);
    }
    return false;
  }
}
