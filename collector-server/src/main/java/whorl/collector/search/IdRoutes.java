package whorl.collector.search;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Request;
import whorl.collector.http.request.Response;
import whorl.collector.http.request.Role;
import whorl.collector.http.request.Route;
import whorl.collector.http.request.Scoped;
import whorl.collector.store.access.IdLookup;
import whorl.collector.store.access.Scope;
import whorl.collector.store.access.Thing;
import whorl.evidence.Text;

/**
 * {@code GET /api/v1/ids?kind=&id=}: the ids that a part of one may stand for: its first or last
 * characters, both with {@code …} between, or {@code latest}.
 */
public final class IdRoutes {
  private static final int SHOWN = 10;
  private static final String LATEST = "latest";
  private static final String GAP = "…";

  private static final Map<String, Thing> KINDS =
      Map.of(
          "evidence", Thing.EVIDENCE,
          "capture", Thing.CAPTURE,
          "alert", Thing.ALERT,
          "alert-group", Thing.ALERT_GROUP,
          "agent", Thing.AGENT);

  private final IdLookup lookup;
  private final Agents agents;

  /** The agents that have connected just now. */
  @FunctionalInterface
  public interface Agents {
    /** Gives those rows that have none yet. */
    void save() throws IOException;
  }

  public IdRoutes(IdLookup lookup, Agents agents) {
    this.lookup = lookup;
    this.agents = agents;
  }

  public List<Route> routes() {
    return List.of(Route.of("GET", "/api/v1/ids", Role.VIEWER, this::find).scoped(Scoped.LISTED));
  }

  private Response find(Request request) throws IOException {
    String word = String.valueOf(request.query("kind"));
    Thing thing = KINDS.get(word);
    if (thing == null) {
      throw new ProblemException(
          400, "bad parameter", "kind is one of agent, alert, alert-group, capture, evidence");
    }
    if (thing == Thing.AGENT) {
      agents.save();
    }
    String given = request.query("id");
    String part = given == null ? "" : given.strip().toLowerCase(Locale.ROOT);
    List<IdLookup.Found> found =
        found(thing, request.scope(Role.VIEWER), part, request.query("service"));
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("ids", found.subList(0, Math.min(SHOWN, found.size())));
    body.put("more", found.size() > SHOWN);
    return Response.json(200, body);
  }

  private List<IdLookup.Found> found(
      Thing thing, Scope scope, String part, @Nullable String service) throws IOException {
    if (part.equals(LATEST)) {
      return lookup.newest(thing, scope, service, 1);
    }
    int gap = part.indexOf(GAP);
    try {
      return gap < 0
          ? lookup.matching(thing, scope, part, service, SHOWN + 1)
          : lookup.between(
              thing,
              scope,
              part.substring(0, gap),
              part.substring(gap + GAP.length()),
              service,
              SHOWN + 1);
    } catch (IllegalArgumentException e) {
      throw new ProblemException(
          400,
          "bad parameter",
          "id has from "
              + IdLookup.PART_MIN_CHARS
              + " to 64 of a-z, 0-9 and '-', the first or last of an id, or is latest; not "
              + Text.shortened(part));
    }
  }
}
