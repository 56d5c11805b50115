package whorl.collector;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What each kind of caller is answered on each route, for what belongs to team A: one status for
 * each of {@link ScopesTest#CALLERS}.
 */
final class ScopesTable {
  /** For reading, of what team A has. */
  private static final String READ = "401 200 200 200 200 404 403 200";

  /** For what needs a responder, with a request that lacks something. */
  private static final String ACT = "401 403 403 400 400 404 403 400";

  private static final String LIST = "401 200 200 200 200 200 403 200";

  private static final String OF_AGENTS = "401 403 403 403 403 403 403 403";

  private ScopesTable() {}

  /** The answers to each caller, for what belongs to team A. */
  static Map<String, String> expected() {
    Map<String, String> table = new TreeMap<>();
    for (String open :
        List.of("/", "/healthz", "/readyz", "/metrics", "/openapi.yaml", "/session")) {
      table.put((open.equals("/session") ? "POST " : "GET ") + open, "open");
    }
    table.put("GET /login/provider", "open");
    table.put("GET /page/{name...}", "open");
    table.put("GET /lib/{name}", "open");
    table.put("GET /session", "own");
    table.put("DELETE /session", "own");
    table.put("GET /api/v1/tokens", "own");
    table.put("GET /api/v1/views", "own");
    table.put("POST /api/v1/views", "own");
    table.put("PATCH /api/v1/views/{id}", "own");
    table.put("DELETE /api/v1/views/{id}", "own");
    table.put("POST /api/v1/tokens", "own");
    table.put("DELETE /api/v1/tokens/{id}", "own");
    for (String agents : List.of("OPTIONS", "POST")) {
      table.put(agents + " /agent/v1/uploads", OF_AGENTS);
    }
    for (String agents : List.of("HEAD", "PATCH", "DELETE")) {
      table.put(agents + " /agent/v1/uploads/{id}", OF_AGENTS);
    }
    for (String list :
        List.of(
            "/agents",
            "/agents/services",
            "/alerts",
            "/alert-groups",
            "/alert-mutes",
            "/audit",
            "/captures",
            "/cases",
            "/custody",
            "/custody/key",
            "/custody/checkpoint",
            "/evidence",
            "/holds",
            "/hunts",
            "/probes",
            "/retention",
            "/rules",
            "/schedules",
            "/sigma-rules")) {
      table.put("GET /api/v1" + list, LIST);
    }
    for (String read :
        List.of(
            "/agents/{id}/journal",
            "/agents/{id}/libraries",
            "/alerts/{id}",
            "/alert-groups/{id}",
            "/captures/{id}",
            "/cases/{id}",
            "/cases/{id}/notes",
            "/hunts/{id}",
            "/hunts/{id}/agents",
            "/hunts/{id}/rows",
            "/probes/{id}",
            "/probes/{id}/calls",
            "/rules/{name}",
            "/sigma-rules/{id}",
            "/evidence/{id}",
            "/evidence/{id}/artifacts/{name...}",
            "/evidence/{id}/bag",
            "/evidence/{id}/verify",
            "/evidence/{id}/hold",
            "/evidence/{id}/index",
            "/evidence/{id}/timeline",
            "/evidence/{id}/timeline/histogram",
            "/evidence/{id}/timeline/types",
            "/evidence/{id}/timeline/flame",
            "/evidence/{id}/findings",
            "/evidence/{id}/marks",
            "/evidence/{id}/report",
            "/evidence/{id}/imported",
            "/evidence/{id}/series",
            "/evidence/{id}/performance",
            "/evidence/{id}/heap",
            "/evidence/{id}/heap/growth",
            "/evidence/{id}/lines/{artifact...}",
            "/evidence/{id}/threads",
            "/evidence/{id}/classes",
            "/evidence/{id}/classes.zip")) {
      table.put("GET /api/v1" + read, READ);
    }
    // without a text
    table.put("GET /api/v1/search", "401 400 400 400 400 400 403 400");
    table.put("POST /api/v1/search/rows", "401 400 400 400 400 400 403 400");
    table.put("GET /api/v1/search/rows/{id}", "401 404 404 404 404 404 403 404");
    table.put("DELETE /api/v1/search/rows/{id}", "401 404 404 404 404 404 403 404");
    // without a kind
    table.put("GET /api/v1/ids", "401 400 400 400 400 400 403 400");
    // without the other evidence
    table.put("GET /api/v1/evidence/{id}/compare", "401 400 400 400 400 404 403 400");
    table.put("GET /api/v1/evidence/{id}/classes/{sha256}", "401 422 422 422 422 404 403 422");
    for (String whole : List.of("", "/histogram", "/types")) {
      // without a question
      table.put("GET /api/v1/timeline" + whole, "401 400 400 400 400 400 403 400");
    }
    // a team names whose the evidence is to be; what is no bag is refused
    table.put("POST /api/v1/evidence/import", "401 403 403 403 403 403 403 400");
    table.put("GET /api/v1/libraries", "401 400 400 400 400 400 403 400");
    table.put("POST /mcp", "401 400 400 400 400 400 403 400"); // no message
    table.put("POST /api/v1/query", "401 400 400 400 400 400 403 400");
    table.put("POST /api/v1/captures", "401 403 403 400 400 400 403 400");
    table.put("GET /api/v1/agents/matching", "401 403 403 400 400 400 403 400"); // no target
    table.put("POST /api/v1/hunts", "401 403 403 400 400 400 403 400");
    table.put("POST /api/v1/hunts/{id}/cancel", "401 403 403 200 200 404 403 200");
    table.put("POST /api/v1/probes", "401 403 403 403 400 400 403 400");
    table.put("DELETE /api/v1/probes/{id}", "401 403 403 403 200 404 403 200");
    // it has no rows, so there is nothing to capture
    table.put("POST /api/v1/hunts/{id}/captures", "401 403 403 404 404 404 403 404");
    table.put("POST /api/v1/cases", "401 403 403 400 400 400 403 400");
    table.put("PATCH /api/v1/cases/{id}", "401 403 403 200 200 404 403 200"); // no change
    table.put("POST /api/v1/cases/{id}/notes", ACT);
    table.put("PUT /api/v1/cases/{id}/hold", ACT);
    table.put("PUT /api/v1/evidence/{id}/hold", ACT);
    for (String change : List.of("PUT", "DELETE")) { // without a star, tags and a note
      table.put(
          change + " /api/v1/evidence/{id}/rows/{row}/mark", "401 403 403 204 204 404 403 204");
    }
    table.put("PUT /api/v1/cases/{id}/evidence/{evidence}", "401 403 403 204 204 404 403 204");
    // on hold: only an admin may take evidence away, once
    table.put("DELETE /api/v1/cases/{id}/evidence/{evidence}", "401 403 403 403 204 404 403 404");
    table.put("DELETE /api/v1/cases/{id}", "401 403 403 403 409 404 403 409");
    table.put("DELETE /api/v1/cases/{id}/hold", "401 403 403 403 200 404 403 200");
    // nothing is being examined
    table.put("DELETE /api/v1/evidence/{id}/heap", "401 403 403 404 404 404 403 404");
    table.put("DELETE /api/v1/evidence/{id}/hold", "401 403 403 403 200 404 403 200");
    table.put("DELETE /api/v1/evidence/{id}", "401 403 403 403 409 404 403 409");
    table.put("PATCH /api/v1/alerts/{id}", ACT);
    table.put("PATCH /api/v1/alert-groups/{id}", ACT);
    table.put("POST /api/v1/alert-mutes", "401 403 403 400 400 400 403 400");
    table.put("DELETE /api/v1/alert-mutes/{id}", "401 403 403 404 404 404 403 404");
    for (String dialect : List.of("falco", "alertmanager", "cloudevents", "generic")) {
      table.put("POST /api/v1/alerts/" + dialect, "401 403 403 403 403 403 403 400");
    }
    table.put("GET /api/v1/notifications", "401 200 403 403 403 403 403 200");
    table.put("GET /api/v1/notifications/dead", "401 403 403 403 403 403 403 200");
    for (String none :
        List.of(
            "POST /api/v1/notifications/{name}/test",
            "POST /api/v1/notifications/dead/{id}/retry",
            "DELETE /api/v1/notifications/dead/{id}")) {
      table.put(none, "401 403 403 403 403 403 403 404");
    }
    table.put("PUT /api/v1/rules/{name}", "401 403 403 403 403 403 403 400");
    table.put("DELETE /api/v1/rules/{name}", "401 403 403 403 403 403 403 204");
    table.put("POST /api/v1/sigma-rules/check", "401 403 403 400 400 400 403 400");
    table.put("POST /api/v1/sigma-rules/tests", "401 403 403 400 400 400 403 400");
    table.put("GET /api/v1/sigma-rules/tests/{id}", "401 403 403 404 404 404 403 404");
    table.put("PUT /api/v1/schedules/{name}", "401 403 403 403 403 403 403 400");
    table.put("DELETE /api/v1/schedules/{name}", "401 403 403 403 403 403 403 404");
    table.put("GET /api/v1/custody/tile/{path...}", "401 200 403 403 403 403 403 200");
    table.put("POST /api/v1/custody/acknowledge", "401 403 403 403 403 403 403 400");
    return table;
  }
}
