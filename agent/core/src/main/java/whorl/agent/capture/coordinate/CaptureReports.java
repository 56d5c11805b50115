package whorl.agent.capture.coordinate;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Id;
import whorl.evidence.channel.AgentMessage.CaptureProgress;

/**
 * Forwards capture reports and keeps the last one of each recent capture. A request that the
 * collector repeats, because it missed the report, is reported again and not performed again.
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

  /** Returns true if this capture is new; if not, its last report is sent again. */
  boolean claim(Id capture) {
    CaptureProgress lastReport;
    synchronized (last) {
      if (!last.containsKey(capture)) {
        last.put(capture, null);
        return true;
      }
      lastReport = last.get(capture);
    }
    if (lastReport != null) {
      next.changed(lastReport);
    }
    return false;
  }
}
