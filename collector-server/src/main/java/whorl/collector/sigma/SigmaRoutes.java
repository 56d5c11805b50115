package whorl.collector.sigma;

import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.request.JsonBody;
import whorl.collector.http.request.Paging;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Request;
import whorl.collector.http.request.Response;
import whorl.collector.http.request.Role;
import whorl.collector.http.request.Route;
import whorl.collector.http.request.Scoped;
import whorl.collector.store.access.Origin;
import whorl.collector.store.access.Scope;
import whorl.collector.store.rules.RuleHitLedger;
import whorl.collector.store.rules.RuleHitLedger.Hits;
import whorl.collector.store.triage.AlertMute;
import whorl.collector.store.triage.AlertMutes;
import whorl.evidence.Text;

/** {@code /api/v1/sigma-rules}: the rules there are, and what agents would make of a text. */
public final class SigmaRoutes {
  static final String RULES = "/api/v1/sigma-rules";

  private final KnownRules rules;
  private final RuleHitLedger hits;
  private final AlertMutes mutes;
  private final AgentRules agentRules;
  private final String version;
  private final InstantSource clock;

  /**
   * @param version of the collector
   */
  SigmaRoutes(
      KnownRules rules,
      RuleHitLedger hits,
      AlertMutes mutes,
      AgentRules agentRules,
      String version,
      InstantSource clock) {
    this.rules = rules;
    this.hits = hits;
    this.mutes = mutes;
    this.agentRules = agentRules;
    this.version = version;
    this.clock = clock;
  }

  List<Route> routes() {
    return List.of(
        Route.of("GET", RULES, Role.VIEWER, this::list).scoped(Scoped.LISTED),
        Route.of("GET", RULES + "/{id}", Role.VIEWER, this::get).scoped(Scoped.LISTED),
        Route.of("POST", RULES + "/check", Role.RESPONDER, this::check).scoped(Scoped.EVERYBODY));
  }

  /** The body of {@code POST /api/v1/sigma-rules/check}. */
  record CheckBody(@Nullable String rules) {}

  /** All of a scope, with what is shown of each. */
  private record Known(
      List<KnownRule> rules, Map<String, Hits> hits, Map<String, List<AlertMute>> mutes) {}

  private Known known(Scope scope) throws IOException {
    Instant now = clock.instant();
    Map<String, Hits> counts = hits.all(scope, now);
    Map<String, List<AlertMute>> inForce = new HashMap<>();
    for (AlertMute mute : mutes.list(now, false)) {
      if (scope.isEverything()
          || scope.holds(new Origin(mute.namespace(), mute.service(), Map.of()))) {
        inForce.computeIfAbsent(mute.rule(), none -> new ArrayList<>()).add(mute);
      }
    }
    return new Known(rules.of(scope, counts), counts, inForce);
  }

  /** Those that alerted in the last week come first, those that did most often at the top. */
  private Response list(Request request) throws IOException {
    Paging paging = Paging.of(request);
    Long position = paging.position();
    Scope scope = request.scope(Role.VIEWER);
    RuleFilter filter = RuleFilter.of(request);
    Known known = known(scope);
    AgentRules.States states = agentRules.of(scope);
    List<RuleView> all = new ArrayList<>();
    for (KnownRule rule : known.rules()) {
      if (filter.matches(rule)) {
        all.add(brief(rule, known, states));
      }
    }
    all.sort(
        Comparator.comparingLong((RuleView each) -> -each.hits().week())
            .thenComparing(each -> -each.level().ordinal())
            .thenComparing(RuleView::title));
    int from = position == null ? 0 : (int) Math.min(position, all.size());
    int to = Math.min(all.size(), from + paging.limit());
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("rules", all.subList(from, to));
    body.put("count", all.size());
    if (to < all.size()) {
      body.put("next", Paging.cursor(to));
    }
    return Response.json(200, body);
  }

  private Response get(Request request) throws IOException {
    String id = request.pathParameter("id");
    String set = request.query("set");
    Scope scope = request.scope(Role.VIEWER);
    Known known = known(scope);
    for (KnownRule rule : known.rules()) {
      String of = rule.set() == null ? null : rule.set().set().name();
      if (rule.id().equalsIgnoreCase(id) && (set == null || Objects.equals(of, set))) {
        Instant now = clock.instant();
        AgentRules.States states = agentRules.of(scope);
        return Response.json(
            200,
            brief(rule, known, states)
                .with(
                    rule,
                    states.about(rule.document().title()),
                    hits.byService(scope, rule.id(), now),
                    hits.overTime(scope, rule.id(), now),
                    known.mutes().getOrDefault(rule.id(), List.of())));
      }
    }
    throw new ProblemException(
        404, "no such rule", "no rule " + Text.shortened(id) + "; GET " + RULES + " lists all");
  }

  private RuleView brief(KnownRule rule, Known known, AgentRules.States states) {
    return RuleView.brief(
        rule,
        known.hits().get(rule.id()),
        known.mutes().getOrDefault(rule.id(), List.of()).size(),
        version,
        states);
  }

  private Response check(Request request) throws IOException {
    return Response.json(
        200,
        RuleCheck.of(
            text(JsonBody.strict(JsonBody.bytes(request), CheckBody.class).rules(), "rules")));
  }

  /** A text of rules that somebody sent. */
  static String text(@Nullable String text, String name) {
    if (text == null || text.isBlank()) {
      throw new ProblemException(400, "no rules", name + " is empty; send Sigma YAML");
    }
    return text;
  }
}
