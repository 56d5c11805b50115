package whorl.collector.fleet.rules;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import whorl.collector.fleet.agents.Target;
import whorl.collector.http.request.JsonBody;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Request;
import whorl.collector.http.request.Response;
import whorl.collector.http.request.Role;
import whorl.collector.http.request.Route;
import whorl.collector.http.request.Scoped;
import whorl.collector.store.access.Scope;
import whorl.collector.store.rules.RuleSetRecord;
import whorl.evidence.Json;
import whorl.evidence.Text;
import whorl.evidence.channel.CollectorMessage.RuleText;

/** {@code /api/v1/rules}: manages the rules that are pushed to running agents. */
public final class RuleRoutes {
  /** Below the limit of one message in the agents' channel, with room to spare. */
  private static final int MAX_MESSAGE_BYTES = 900 << 10;

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");

  private final RuleSets sets;

  public RuleRoutes(RuleSets sets) {
    this.sets = sets;
  }

  /** The body of {@code PUT /api/v1/rules/{name}}. */
  record Body(@Nullable Agents target, @Nullable String rules) {}

  /** The agents that get the rules. */
  record Agents(
      @Nullable String service, @Nullable String namespace, @Nullable Map<String, String> labels) {
    Target target() {
      return new Target(null, service, namespace, null, null, labels == null ? Map.of() : labels);
    }
  }

  public List<Route> routes() {
    return List.of(
        Route.of("GET", "/api/v1/rules", Role.VIEWER, this::list).scoped(Scoped.LISTED),
        Route.of("GET", "/api/v1/rules/{name}", Role.VIEWER, this::get).scoped(Scoped.LISTED),
        Route.of("PUT", "/api/v1/rules/{name}", Role.ADMIN, this::put).scoped(Scoped.WHOLE),
        Route.of("DELETE", "/api/v1/rules/{name}", Role.ADMIN, this::delete).scoped(Scoped.WHOLE));
  }

  private Response list(Request request) throws IOException {
    List<RuleSetView> views = new ArrayList<>();
    Scope scope = request.scope(Role.VIEWER);
    for (RuleSetRecord set : sets.inUse()) {
      if (reaches(set, scope)) {
        views.add(RuleSetView.brief(set, sets.agents(scope, set)));
      }
    }
    return Response.json(200, Map.of("rules", views));
  }

  private Response get(Request request) throws IOException {
    String name = request.pathParameter("name");
    Scope scope = request.scope(Role.VIEWER);
    for (RuleSetRecord set : sets.inUse()) {
      if (set.name().equals(name) && reaches(set, scope)) {
        List<RuleSetRecord> versions = sets.versions(name);
        RuleSetRecord shown = version(request.query("version"), set, versions);
        if (!reaches(shown, scope)) {
          throw noSuchVersion(name);
        }
        return Response.json(200, RuleSetView.whole(shown, sets.agents(scope, shown), versions));
      }
    }
    throw noSuchRules(name);
  }

  /** The version that was asked for, or the newest. */
  private static RuleSetRecord version(
      @Nullable String wanted, RuleSetRecord newest, List<RuleSetRecord> versions) {
    if (wanted == null) {
      return newest;
    }
    for (RuleSetRecord each : versions) {
      if (Integer.toString(each.version()).equals(wanted)) {
        return each;
      }
    }
    throw noSuchVersion(newest.name());
  }

  private static ProblemException noSuchVersion(String name) {
    return new ProblemException(
        404,
        "no such version",
        "rules " + name + " has no such version, or no more: the last ten are kept");
  }

  /** A set that no agent of the scope can get is left out: it names others. */
  private static boolean reaches(RuleSetRecord set, Scope scope) {
    return scope.mayMeet(set.namespace(), set.service(), set.labels());
  }

  private Response put(Request request) throws IOException {
    String name = request.pathParameter("name");
    if (!NAME.matcher(name).matches()) {
      throw new ProblemException(
          400,
          "bad name",
          "not a name for rules (a-z, 0-9, '.', '_', '-', at most 64): " + Text.shortened(name));
    }
    Body body = JsonBody.strict(JsonBody.bytes(request), Body.class);
    if (body.target() == null || body.target().target().isEmpty()) {
      throw new ProblemException(
          400, "no target", "the target is empty; give service, namespace or labels");
    }
    String rules = body.rules();
    if (rules == null || rules.isBlank()) {
      throw new ProblemException(
          400, "no rules", "rules is empty; send Sigma YAML, or DELETE to remove a set");
    }
    if (Json.text(new RuleText(name, Integer.MAX_VALUE, rules))
            .getBytes(StandardCharsets.UTF_8)
            .length
        > MAX_MESSAGE_BYTES) {
      throw new ProblemException(
          413,
          "rules too long",
          "one set may have " + MAX_MESSAGE_BYTES + " bytes as JSON; send it in parts");
    }
    RuleSetRecord set =
        sets.push(name, body.target().target(), rules, actor(request), request.remoteAddress());
    if (set == null) {
      throw new ProblemException(
          409,
          "too many sets",
          "there are " + RuleSets.MAX_SETS + " sets of rules; remove or merge some");
    }
    return Response.json(200, RuleSetView.brief(set, sets.agents(request.scope(Role.ADMIN), set)));
  }

  private Response delete(Request request) throws IOException {
    String name = request.pathParameter("name");
    if (!sets.remove(name, actor(request), request.remoteAddress())) {
      throw noSuchRules(name);
    }
    return Response.empty(204);
  }

  private static ProblemException noSuchRules(String name) {
    return new ProblemException(
        404, "no such rules", "no rules " + Text.shortened(name) + "; GET /api/v1/rules lists all");
  }

  private static String actor(Request request) {
    Principal principal = request.principal();
    return principal == null ? "nobody" : principal.name();
  }
}
