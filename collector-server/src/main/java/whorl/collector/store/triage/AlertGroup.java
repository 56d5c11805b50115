package whorl.collector.store.triage;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.records.Deed;
import whorl.evidence.Id;
import whorl.evidence.Level;

/**
 * Alerts that belong together: of one capture, of one request, or repetitions of one alert from
 * outside. A group whose work is done takes no more alerts.
 *
 * @param id that of its first alert
 * @param position in the order of lists, which have the group with the newest alert first
 * @param level of its gravest alert
 * @param title of the first alert of this level
 * @param titles the rules that matched, in the order of their first match; at most fifty
 * @param alerts their number, also of those that are only counted
 * @param first the time of the first alert, by the clock of its source
 * @param request method, path and client of the request; null if there is none
 * @param evidence evidence that holds alerts of it; null as long as none is analysed
 * @param state of its least finished alert
 * @param version counts what people changed
 * @param muted true if every alert of it is muted
 */
public record AlertGroup(
    Id id,
    long position,
    @Nullable Id agent,
    @Nullable String service,
    @Nullable String namespace,
    @Nullable String pod,
    String source,
    Level level,
    String title,
    List<Deed.Match> titles,
    long alerts,
    Instant first,
    Instant last,
    @Nullable String request,
    @Nullable Id capture,
    @Nullable Id evidence,
    TriageState state,
    @Nullable String assignee,
    long version,
    boolean muted) {
  public AlertGroup {
    titles = List.copyOf(titles);
  }
}
