package whorl.collector.audit;

import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import whorl.collector.custody.log.CustodyAction;
import whorl.collector.http.request.Paging;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Request;
import whorl.collector.http.request.Response;
import whorl.collector.http.request.Role;
import whorl.collector.http.request.Route;
import whorl.collector.http.request.Scoped;
import whorl.collector.store.audit.AuditEntry;
import whorl.collector.store.audit.AuditLedger;
import whorl.collector.times.Times;
import whorl.evidence.Id;
import whorl.evidence.Text;

/** {@code GET /api/v1/audit}: who did what, the newest first. */
final class AuditRoutes {
  /** Words that people use for an act, where they are not its beginning. */
  private static final Map<String, CustodyAction> WORDS =
      Map.of(
          "hold", CustodyAction.HELD,
          "login", CustodyAction.LOGGED_IN,
          "mute", CustodyAction.ALERTS_TRIAGED,
          "triage", CustodyAction.ALERTS_TRIAGED,
          "push", CustodyAction.RULES_CHANGED);

  private final AuditIndex index;
  private final AuditLedger ledger;
  private final InstantSource clock;

  AuditRoutes(AuditIndex index, AuditLedger ledger, InstantSource clock) {
    this.index = index;
    this.ledger = ledger;
    this.clock = clock;
  }

  List<Route> routes() {
    return List.of(Route.of("GET", "/api/v1/audit", Role.VIEWER, this::list).scoped(Scoped.LISTED));
  }

  private Response list(Request request) throws IOException {
    Paging paging = Paging.of(request);
    AuditLedger.Filter filter =
        new AuditLedger.Filter(
            time(request, "from"),
            time(request, "to"),
            blankIsNull(request.query("who")),
            actions(request.query("what")),
            "true".equals(request.query("all")) ? null : AuditEntry.PERSON,
            evidence(request.query("evidence")));
    index.beforeList();
    AuditLedger.Page page =
        ledger.page(request.scope(Role.VIEWER), filter, paging.cursor(), paging.limit());
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("entries", page.entries());
    body.put("behind", index.behind());
    if (page.next() != null) {
      body.put("next", Paging.cursor(page.next()));
    }
    return Response.json(200, body);
  }

  /** Acts by their word in the log, or its beginning: {@code purge} is {@code purged}. */
  private static Set<String> actions(@Nullable String words) {
    Set<String> actions = new TreeSet<>();
    if (words == null || words.isBlank()) {
      return actions;
    }
    for (String each : words.toLowerCase(Locale.ROOT).split(",", 32)) {
      String word = each.strip().replace('-', '_');
      int before = actions.size();
      for (CustodyAction action : CustodyAction.values()) {
        if (!word.isEmpty() && (action.word().startsWith(word) || action == WORDS.get(word))) {
          actions.add(action.word());
        }
      }
      if (actions.size() == before && !actions.contains(word)) {
        throw new ProblemException(
            400,
            "bad parameter",
            "what: no such act: "
                + Text.shortened(each)
                + "; there are "
                + String.join(
                    ", ", Arrays.stream(CustodyAction.values()).map(CustodyAction::word).toList()));
      }
    }
    return actions;
  }

  private @Nullable Instant time(Request request, String name) {
    return blankIsNull(request.query(name)) == null
        ? null
        : Paging.query(request, name, text -> Times.of(text, clock.instant()));
  }

  private static @Nullable Id evidence(@Nullable String id) {
    if (id == null || id.isBlank()) {
      return null;
    }
    if (!Id.isId(id)) {
      throw new ProblemException(400, "bad parameter", "evidence is an id, such as a list gives");
    }
    return new Id(id);
  }

  private static @Nullable String blankIsNull(@Nullable String text) {
    return text == null || text.isBlank() ? null : text.strip();
  }
}
