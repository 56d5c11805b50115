package whorl.collector.schedules;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.custody.log.CustodyAction;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.store.schedules.Schedule;
import whorl.evidence.Text;

/** Records in custody who sets and removes schedules: each requests captures again and again. */
final class ScheduleCustody implements ScheduleRoutes.Changes {
  private static final int DETAIL_CHARS = 500;

  private final CustodyLog custody;

  ScheduleCustody(CustodyLog custody) {
    this.custody = custody;
  }

  @Override
  public void changed(Schedule schedule, String change, String by, String remoteAddress)
      throws IOException {
    Map<String, String> detail = new LinkedHashMap<>();
    detail.put("schedule", schedule.name());
    detail.put("change", change);
    put(detail, "service", schedule.service());
    put(detail, "namespace", schedule.namespace());
    if (!schedule.labels().isEmpty()) {
      put(detail, "labels", schedule.labels().toString());
    }
    detail.put("everySeconds", Long.toString(schedule.everySeconds()));
    detail.put("replicas", Integer.toString(schedule.replicas()));
    detail.put(
        "artifacts",
        schedule.artifacts().isEmpty()
            ? "everything but heap"
            : String.join(", ", schedule.artifacts()));
    detail.put("from", remoteAddress);
    custody.append(CustodyAction.CAPTURES_REQUESTED, null, "token " + by, detail);
  }

  private static void put(Map<String, String> detail, String name, @Nullable String value) {
    if (value != null) {
      detail.put(name, Text.atMost(value, DETAIL_CHARS));
    }
  }
}
