package whorl.collector.sigma;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.export.ExportLog;
import whorl.collector.export.SeenEvidence;
import whorl.collector.http.request.JsonBody;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Request;
import whorl.collector.http.request.Response;
import whorl.collector.http.request.Role;
import whorl.collector.http.request.Route;
import whorl.collector.http.request.Scoped;
import whorl.collector.store.access.Scope;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.records.Catalog;
import whorl.collector.times.Spans;
import whorl.evidence.Id;
import whorl.evidence.Text;

/** {@code /api/v1/sigma-rules/tests}: what a rule would have matched in evidence. */
final class RuleTestRoutes {
  private static final String TESTS = SigmaRoutes.RULES + "/tests";
  private static final int EVIDENCE_MAX = 20;

  /** The most pieces of evidence of the requested time from which a test chooses. */
  private static final int LISTED_MAX = 500;

  private static final int ROWS_DEFAULT = 200;
  private static final int ROWS_MAX = 1_000;
  private static final Duration SINCE_MAX = Duration.ofDays(7);

  private final RuleTests tests;
  private final KnownRules rules;
  private final EvidenceStore store;
  private final Catalog catalog;
  private final SeenEvidence seen;
  private final ExportLog exports;
  private final InstantSource clock;

  RuleTestRoutes(
      RuleTests tests,
      KnownRules rules,
      EvidenceStore store,
      Catalog catalog,
      SeenEvidence seen,
      ExportLog exports,
      InstantSource clock) {
    this.tests = tests;
    this.rules = rules;
    this.store = store;
    this.catalog = catalog;
    this.seen = seen;
    this.exports = exports;
    this.clock = clock;
  }

  /**
   * The body of a {@code POST}: a text, or the id of a rule that is known; and evidence, or all of
   * a time.
   *
   * @param set the pushed set that the rule is in
   * @param since such as {@code 24h}
   * @param limit of the rows in the result
   */
  record Body(
      @Nullable String rule,
      @Nullable String id,
      @Nullable String set,
      @Nullable List<String> evidence,
      @Nullable String since,
      @Nullable Integer limit) {}

  List<Route> routes() {
    return List.of(
        Route.of("POST", TESTS, Role.RESPONDER, this::post).scoped(Scoped.LISTED),
        Route.of("GET", TESTS + "/{id}", Role.RESPONDER, this::get).scoped(Scoped.LISTED));
  }

  /** Evidence to read. */
  private record Chosen(List<Id> evidence, int omitted) {}

  private Response post(Request request) throws IOException {
    Body body = JsonBody.strict(JsonBody.bytes(request), Body.class);
    Principal caller = request.principal();
    if (caller == null) {
      throw new ProblemException(401, "nobody", "log in, or give a token");
    }
    Scope scope = request.scope(Role.RESPONDER);
    TestedRule rule = rule(body, scope);
    Chosen chosen = chosen(body, scope);
    exports.opened(caller, chosen.evidence());
    Instant now = clock.instant();
    RuleTestRun.Order order =
        new RuleTestRun.Order(
            Id.next(clock),
            rule,
            caller.name(),
            now,
            chosen.evidence(),
            chosen.omitted(),
            limit(body.limit()),
            now.plus(RuleTests.TIME_LIMIT));
    return Response.json(202, tests.start(order, caller.quotaOwner()))
        .with("Location", TESTS + "/" + order.id());
  }

  private Response get(Request request) throws IOException {
    Principal caller = request.principal();
    String text = request.pathParameter("id");
    RuleTestView found =
        caller == null || !Id.isId(text) ? null : tests.find(new Id(text), caller.quotaOwner());
    if (found == null) {
      throw new ProblemException(
          404, "no such test", "tests of the last day are shown to who began them: begin one anew");
    }
    return Response.json(200, stillSeen(found, request.scope(Role.RESPONDER)));
  }

  /** What somebody may see may have become less since the test began. */
  private RuleTestView stillSeen(RuleTestView view, Scope scope) throws IOException {
    Set<Id> hidden = new LinkedHashSet<>();
    for (RuleTestView.Matched row : view.rows()) {
      if (!hidden.contains(row.evidence()) && !seen.sees(scope, row.evidence())) {
        hidden.add(row.evidence());
      }
    }
    return hidden.isEmpty() ? view : view.without(hidden);
  }

  private TestedRule rule(Body body, Scope scope) throws IOException {
    if ((body.rule() == null) == (body.id() == null)) {
      throw bad("give either rule, a text, or id, that of a known rule");
    }
    TestedRule rule =
        body.id() != null
            ? known(body.id(), body.set(), scope)
            : TestedRule.of(SigmaRoutes.text(body.rule(), "rule"));
    if (rule.isEmpty()) {
      String why =
          body.rule() == null
              ? "agents cannot load it"
              : RuleCheck.of(body.rule()).problems().stream()
                  .map(RuleCheck.Problem::message)
                  .findFirst()
                  .orElse("there is no rule in it");
      throw new ProblemException(400, "bad rule", why);
    }
    return rule;
  }

  private TestedRule known(String id, @Nullable String set, Scope scope) throws IOException {
    for (KnownRule rule : rules.of(scope, Map.of())) {
      boolean ofSet = set == null || (rule.set() != null && rule.set().set().name().equals(set));
      if (rule.id().equalsIgnoreCase(id) && ofSet) {
        return rule.set() == null
            ? TestedRule.builtIn(rule.document())
            : TestedRule.pushed(rule.document(), rule.set().set());
      }
    }
    throw new ProblemException(
        404, "no such rule", "no rule " + Text.shortened(id) + " has a text here; send the text");
  }

  private Chosen chosen(Body body, Scope scope) throws IOException {
    List<String> named = body.evidence();
    if ((named == null || named.isEmpty()) == (body.since() == null)) {
      throw bad("give either evidence, a list of ids, or since, such as 24h");
    }
    return named == null || named.isEmpty()
        ? newest(since(String.valueOf(body.since())), scope)
        : new Chosen(named(named, scope), 0);
  }

  private List<Id> named(List<String> ids, Scope scope) throws IOException {
    Set<Id> chosen = new LinkedHashSet<>();
    for (String id : ids) {
      if (!Id.isId(id) || !seen.sees(scope, new Id(id)) || store.record(new Id(id)) == null) {
        throw new ProblemException(
            404, "no such evidence", "no evidence " + Text.shortened(id) + " is kept here");
      }
      chosen.add(new Id(id));
    }
    if (chosen.size() > EVIDENCE_MAX) {
      throw bad("evidence: at most " + EVIDENCE_MAX + " pieces at once");
    }
    return List.copyOf(chosen);
  }

  private Chosen newest(Duration since, Scope scope) throws IOException {
    Instant from = clock.instant().minus(since);
    List<Id> chosen = new ArrayList<>();
    int all = 0;
    // by the list's time: an imported one is as old there as its import
    Catalog.Filter newer =
        new Catalog.Filter(null, null, null, null, null, null, false, from, null);
    for (Id each : catalog.page(scope, newer, null, LISTED_MAX).evidence()) {
      if (!store.contains(each)) {
        continue;
      }
      all++;
      if (chosen.size() < EVIDENCE_MAX) {
        chosen.add(each);
      }
    }
    return new Chosen(chosen, all - chosen.size());
  }

  private static Duration since(String text) {
    Duration since = Spans.of(text.strip().toLowerCase(Locale.ROOT));
    if (since == null || since.isZero()) {
      throw bad("since: not a time such as 90m, 24h or 7d: " + Text.shortened(text));
    }
    if (since.compareTo(SINCE_MAX) > 0) {
      throw bad("since: at most " + SINCE_MAX.toDays() + "d: " + Text.shortened(text));
    }
    return since;
  }

  private static int limit(@Nullable Integer limit) {
    if (limit == null) {
      return ROWS_DEFAULT;
    }
    if (limit < 1 || limit > ROWS_MAX) {
      throw bad("limit: not a number from 1 to " + ROWS_MAX + ": " + limit);
    }
    return limit;
  }

  private static ProblemException bad(String detail) {
    return new ProblemException(400, "bad request", detail);
  }
}
