package whorl.collector.analysis.trail;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.analysis.rows.Request;
import whorl.collector.analysis.rows.RowView;

/**
 * The rows that belong to the intruder: the suspect requests, and the time from which any other row
 * may be the intruder's.
 *
 * @param requests the suspect requests by id, sorted by the time at which they began
 * @param entryPoints the suspect entry points, sorted by time
 * @param alerts alerts of level {@code medium} and above, sorted by time
 * @param ranCode ids of requests that ran a program, or defined or registered a class
 * @param breakInTime the earliest suspect time; null if nothing is suspect
 * @param codeArrivals classes and pages that were added to the running JVM
 * @param ownWork ids of rows that the JDK, the server or a known library caused for itself
 * @param compiling the file rows of each request for which a server page was compiled
 * @param dropped the number of entry points and requests beyond the limits
 * @param cut the number of rows whose texts were cut because there were very many long ones
 */
public record Trail(
    Map<String, Request> requests,
    List<EntryPoint> entryPoints,
    List<RaisedAlert> alerts,
    Set<String> ranCode,
    @Nullable Instant breakInTime,
    CodeArrivals codeArrivals,
    Set<String> ownWork,
    Map<String, List<RowView>> compiling,
    long dropped,
    long cut) {

  /** True if anything is suspect. */
  public boolean exists() {
    return breakInTime != null;
  }

  /** True if the row belongs to a suspect request. */
  public boolean isSuspect(RowView row) {
    String request = row.request();
    return request != null && requests.containsKey(request);
  }

  /** True if the row belongs to no request and is not earlier than the break-in. */
  public boolean mayBeIntruders(RowView row) {
    return row.request() == null && breakInTime != null && !row.time().isBefore(breakInTime);
  }

  /** Returns the suspect request of this row, or null. */
  public @Nullable Request request(RowView row) {
    String id = row.request();
    return id == null ? null : requests.get(id);
  }

  public Collection<Request> suspectRequests() {
    return requests.values();
  }

  /**
   * Returns {@code the request GET /products}, or the thread if the row belongs to no suspect
   * request.
   */
  public String actor(RowView row) {
    Request request = request(row);
    return request == null ? row.thread() : "the request " + request.line();
  }
}
