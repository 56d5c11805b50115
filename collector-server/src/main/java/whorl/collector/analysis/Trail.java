package whorl.collector.analysis;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which of the rows are the intruder's: the requests by which they came, and the moment from which
 * on anything may be theirs.
 *
 * @param requests the suspect ones by their ids, in the order in which they began
 * @param entrances the suspect ones, in the order of time
 * @param alerts of level {@code medium} and above, in the order of time
 * @param ran ids of requests that ran a program, brought in a class or registered one
 * @param wayIn the earliest moment; null where nothing is suspect
 * @param comings the classes and pages that came in, whose use is told by what brought them
 * @param ownWork ids of rows of what the JDK, the server or a known library did for itself
 * @param compiling the file rows of each request for which a server page was compiled
 * @param left how many entrances and requests there were beyond those kept
 */
record Trail(
    Map<String, Request> requests,
    List<EntryPoint> entrances,
    List<RaisedAlert> alerts,
    Set<String> ran,
    @Nullable Instant wayIn,
    CodeArrivals comings,
    Set<String> ownWork,
    Map<String, List<RowView>> compiling,
    long left) {

  /** Whether there is an intruder's trail at all. */
  boolean found() {
    return wayIn != null;
  }

  /** Whether the row is of one of the suspect requests. */
  boolean isSuspect(RowView row) {
    String request = row.request();
    return request != null && requests.containsKey(request);
  }

  /** Whether the row is of no request, and not before the intruder came. */
  boolean isLoose(RowView row) {
    return row.request() == null && wayIn != null && !row.time().isBefore(wayIn);
  }

  /** The suspect request of this row, or null. */
  @Nullable Request request(RowView row) {
    String id = row.request();
    return id == null ? null : requests.get(id);
  }

  Collection<Request> all() {
    return requests.values();
  }

  /** {@code request GET /products}, or the thread where it was of no request. */
  String during(RowView row) {
    Request request = request(row);
    return request == null ? row.thread() : "the request " + request.line();
  }
}
