package whorl.collector.mcp.tools;

import java.util.List;

/** Tools about hunts, which people begin: one question to many JVMs, and their answers. */
final class HuntTools {
  private static final String HUNTS = "/api/v1/hunts";
  private static final List<String> AGENT_STATES =
      List.of("waiting", "asked", "answered", "refused", "failed", "unable", "silent");

  private HuntTools() {}

  static List<Tool> all() {
    return List.of(list(), show(), rows(), agents());
  }

  private static Tool list() {
    return new Tool(
        "hunts_list",
        "List hunts",
        "Questions that people asked all JVMs at once, newest first, and how far each is. These"
            + " tools begin none.",
        List.of(Input.limit(30, 200), Input.cursor()),
        (arguments, api) ->
            new ListPage(arguments.in(Resource.of(HUNTS), "cursor"), "hunts")
                .read(api, arguments.number("limit")));
  }

  private static Tool show() {
    return new Tool(
        "hunt_show",
        "Show a hunt",
        "One hunt: its question, whom it asks, and how many have answered.",
        List.of(id()),
        (arguments, api) -> Bounds.within(api.get(hunt("", arguments)), Bounds.RESULT_MAX_BYTES));
  }

  private static Tool rows() {
    return new Tool(
        "hunt_rows",
        "Read what a hunt has found",
        "What the JVMs answered, in the order in which it came.",
        List.of(
            id(), Input.id("agent", "Only of this agent."), Input.limit(50, 200), Input.cursor()),
        (arguments, api) ->
            new ListPage(arguments.in(hunt("/rows", arguments), "agent", "cursor"), "rows")
                .read(api, arguments.number("limit")));
  }

  private static Tool agents() {
    return new Tool(
        "hunt_agents",
        "List the agents of a hunt",
        "The agents that a hunt asks, and what became of that: who could not answer, and why.",
        List.of(
            id(),
            Input.choice("state", "Only in this state.", AGENT_STATES),
            Input.flag("rows", "Only agents that found something."),
            Input.limit(50, 200),
            Input.cursor()),
        (arguments, api) ->
            new ListPage(
                    arguments.in(hunt("/agents", arguments), "state", "rows", "cursor"), "agents")
                .read(api, arguments.number("limit")));
  }

  private static Input id() {
    return Input.id("hunt", "The hunt's id.").asRequired();
  }

  private static Resource hunt(String part, Arguments arguments) {
    return Resource.of(HUNTS + "/{id}" + part).named("id", arguments.required("hunt"));
  }
}
