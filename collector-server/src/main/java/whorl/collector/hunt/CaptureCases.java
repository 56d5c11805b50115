package whorl.collector.hunt;

import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import whorl.collector.fleet.captures.CaptureRoutes;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Request;
import whorl.collector.http.request.Role;
import whorl.collector.store.database.Database;
import whorl.collector.store.hunts.HuntCaptureLedger;
import whorl.collector.store.hunts.HuntCaptureLedger.Awaited;
import whorl.evidence.Id;
import whorl.evidence.Text;

/**
 * Puts the evidence of captures that people start into a case, as {@link HuntCaptures} does with
 * those of a hunt. Thread-safe.
 */
public final class CaptureCases implements CaptureRoutes.IntoCase {
  private final HuntCaptureLedger awaited;
  private final HuntRoutes.Cases cases;
  private final InstantSource clock;

  public CaptureCases(Database database, HuntRoutes.Cases cases, InstantSource clock) {
    this.awaited = new HuntCaptureLedger(database);
    this.cases = cases;
    this.clock = clock;
  }

  @Override
  public Id require(Request request, String text) throws IOException {
    return require(cases, request, text);
  }

  static Id require(HuntRoutes.Cases cases, Request request, String text) throws IOException {
    Id id = Id.isId(text) ? new Id(text) : null;
    if (id == null || !cases.sees(request.principal(), request.scope(Role.RESPONDER), id)) {
      throw new ProblemException(
          404, "no such case", "no case " + Text.shortened(text) + "; GET /api/v1/cases lists all");
    }
    return id;
  }

  @Override
  public void await(List<Id> captures, Id ofCase, String by) throws IOException {
    // of no hunt: the capture stands for itself
    awaited.add(
        captures.stream().map(each -> new Awaited(each, each, ofCase, by)).toList(),
        clock.instant());
  }
}
