package whorl.collector.mcp.tools;

import java.io.IOException;
import java.util.List;
import java.util.function.UnaryOperator;

/** Tools about agents and captures. */
final class FleetTools {
  private static final int NAME_MAX_CHARS = 300;
  private static final List<String> CAPTURE_STATES =
      List.of("requested", "running", "shipping", "sealed", "partial", "failed");

  private FleetTools() {}

  static List<Tool> all() {
    return List.of(agents(), journal(), libraries(), libraryPlaces(), captures(), capture());
  }

  private static Tool agents() {
    return new Tool(
        "agents_list",
        "List agents",
        "Agents, one for each JVM that is watched: service, namespace, pod, version, whether it is"
            + " connected, what it could not watch. Use it to see what there is.",
        List.of(
            service(),
            Input.text("namespace", "Only of this Kubernetes namespace.", NAME_MAX_CHARS),
            Input.text("pod", "Only of this pod.", NAME_MAX_CHARS),
            Input.flag("connected", "Only agents that are connected now, or only others."),
            Input.limit(50, 200),
            Input.cursor()),
        (arguments, api) ->
            new ListPage(
                    arguments.in(
                        Resource.of("/api/v1/agents"),
                        "service",
                        "namespace",
                        "pod",
                        "connected",
                        "cursor"),
                    "agents")
                .read(api, arguments.number("limit")));
  }

  private static Tool journal() {
    return new Tool(
        "agent_journal",
        "Read an agent's journal",
        "Events that concern rules, as the agent sent them while they happened, also if no evidence"
            + " was captured. Without `since` the newest ones, in the order of time.",
        List.of(
            Input.id("agent", "The agent's id.").asRequired(),
            Input.number(
                "since",
                "The sequence of an event: those after it, oldest first. `next` of the page"
                    + " before.",
                0,
                Long.MAX_VALUE >> 11,
                null),
            Input.limit(50, 200)),
        FleetTools::journal);
  }

  private static Found journal(Arguments arguments, Api api) throws IOException {
    Resource journal =
        Resource.of("/api/v1/agents/{id}/journal").named("id", arguments.required("agent"));
    return new ListPage(
            arguments.in(journal, "since"),
            "events",
            arguments.optional("since") == null ? "tail" : "limit",
            UnaryOperator.identity())
        .read(api, arguments.number("limit"));
  }

  private static Tool libraries() {
    return new Tool(
        "agent_libraries",
        "List the libraries of an agent's JVM",
        "What one JVM is made of: its libraries with coordinates, versions, digests, where they are"
            + " and whether they are loaded.",
        List.of(
            Input.id("agent", "The agent's id.").asRequired(),
            Input.limit(100, 200),
            Input.cursor()),
        (arguments, api) ->
            new ListPage(
                    arguments.in(
                        Resource.of("/api/v1/agents/{id}/libraries")
                            .named("id", arguments.required("agent")),
                        "cursor"),
                    "libraries")
                .read(api, arguments.number("limit")));
  }

  private static Tool libraryPlaces() {
    return new Tool(
        "libraries_find",
        "Find JVMs by library",
        "Which JVMs have a library, by its coordinates and a range of versions, or by the digest of"
            + " its jar: loaded, or only present. Such as name=log4j-core, version=<2.17.",
        List.of(
            Input.text("name", "The artifact id, or group:artifact; a star for any end.", 300),
            Input.text("group", "The group id; a star for any end.", 300),
            Input.text("version", "A range in Maven's order, such as <2.17 or [2.0,2.17).", 200),
            Input.text("sha256", "The SHA-256 of the jar.", 64),
            Input.flag("loaded", "Only if a class of its jar is loaded, or only if none is."),
            service(),
            Input.limit(50, 200),
            Input.cursor()),
        (arguments, api) ->
            new ListPage(
                    arguments.in(
                        Resource.of("/api/v1/libraries"),
                        "name",
                        "group",
                        "version",
                        "sha256",
                        "loaded",
                        "service",
                        "cursor"),
                    "libraries")
                .read(api, arguments.number("limit")));
  }

  private static Tool captures() {
    return new Tool(
        "captures_list",
        "List captures",
        "Captures of evidence, newest first: who or what asked for them, and how far they are.",
        List.of(
            Input.id("agent", "Only of this agent."),
            service(),
            Input.choice("state", "Only in this state.", CAPTURE_STATES),
            Input.limit(50, 200),
            Input.cursor()),
        (arguments, api) ->
            new ListPage(
                    arguments.in(
                        Resource.of("/api/v1/captures"), "agent", "service", "state", "cursor"),
                    "captures")
                .read(api, arguments.number("limit")));
  }

  private static Tool capture() {
    return new Tool(
        "capture_show",
        "Show a capture",
        "How far one capture is, and the evidence that it has become.",
        List.of(Input.id("capture", "The capture's id.").asRequired()),
        (arguments, api) ->
            Bounds.within(
                api.get(
                    Resource.of("/api/v1/captures/{id}")
                        .named("id", arguments.required("capture"))),
                Bounds.RESULT_MAX_BYTES));
  }

  private static Input service() {
    return Input.text("service", "Only of this service.", NAME_MAX_CHARS);
  }
}
