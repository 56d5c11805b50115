package whorl.collector.mcp.tools;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import whorl.evidence.Level;

/** Tools about alerts. */
final class AlertTools {
  private static final int NAME_MAX_CHARS = 300;
  private static final List<String> LEVELS =
      Arrays.stream(Level.values()).map(Level::word).toList();

  /** The filters of the API, without the words, which are called q there. */
  private static final String[] FILTERS = {
    "service", "rule", "level", "atLeast", "state", "source", "assignee", "from", "to", "cursor"
  };

  private AlertTools() {}

  static List<Tool> all() {
    return List.of(groups(), group(), list(), show());
  }

  private static Tool groups() {
    return new Tool(
        "alert_groups_list",
        "List alerts in groups",
        "Alerts of one attack as one line, the group with the newest alert first: the gravest"
            + " level, how many alerts, what people decided (state, assignee), and the evidence."
            + " Muted ones are left out. Start here when something is wrong.",
        filters(),
        (arguments, api) ->
            new ListPage(
                    arguments
                        .in(Resource.of("/api/v1/alert-groups"), FILTERS)
                        .with("q", arguments.optional("words")),
                    "groups")
                .read(api, arguments.number("limit")));
  }

  private static Tool group() {
    return new Tool(
        "alert_group_show",
        "Show a group of alerts",
        "One group with its newest alerts, and what people did with it.",
        List.of(Input.id("group", "The group's id.").asRequired()),
        (arguments, api) ->
            Bounds.within(
                api.get(
                    Resource.of("/api/v1/alert-groups/{id}")
                        .named("id", arguments.required("group"))),
                Bounds.RESULT_MAX_BYTES));
  }

  private static Tool list() {
    List<Input> inputs = new ArrayList<>(filters());
    inputs.add(Input.id("group", "Only of this group."));
    return new Tool(
        "alerts_list",
        "List alerts",
        "Alerts of agents and of other systems one by one, newest first, each with the rule that"
            + " fired, its level, the fields of the event, and the evidence that was captured for"
            + " it.",
        inputs,
        (arguments, api) ->
            new ListPage(
                    arguments
                        .in(Resource.of("/api/v1/alerts"), FILTERS)
                        .with("group", arguments.optional("group"))
                        .with("q", arguments.optional("words")),
                    "alerts")
                .read(api, arguments.number("limit")));
  }

  private static Tool show() {
    return new Tool(
        "alert_show",
        "Show an alert",
        "One alert with its stack and the events that led to it.",
        List.of(Input.id("alert", "The alert's id.").asRequired()),
        (arguments, api) ->
            Bounds.within(
                api.get(
                    Resource.of("/api/v1/alerts/{id}").named("id", arguments.required("alert"))),
                Bounds.RESULT_MAX_BYTES));
  }

  private static List<Input> filters() {
    return List.of(
        Input.text("service", "Only of this service.", NAME_MAX_CHARS),
        Input.text("rule", "Only of this rule.", NAME_MAX_CHARS),
        Input.choice("level", "Only of this severity.", LEVELS),
        Input.choice("atLeast", "Only of this severity or a graver one.", LEVELS),
        Input.text(
            "state",
            "Only in these states, with commas between: open, acknowledged, unfinished for both",
            100),
        Input.text("source", "Only from this source, such as whorl or falco.", NAME_MAX_CHARS),
        Input.text("assignee", "Only of this person, or nobody.", NAME_MAX_CHARS),
        Input.text("words", "Only with these words, in any case.", 200),
        Input.text(
            "from", "The earliest time, such as 2026-11-25T09:30:00Z, or how long ago: 10m.", 40),
        Input.text("to", "The end, a time or how long ago.", 40),
        Input.limit(30, 200),
        Input.cursor());
  }
}
