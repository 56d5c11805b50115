package whorl.collector.mcp.tools;

import java.util.List;

/** Tools about cases. */
final class CaseTools {
  private static final String CASES = "/api/v1/cases";

  private CaseTools() {}

  static List<Tool> all() {
    return List.of(list(), show(), notes());
  }

  private static Tool list() {
    return new Tool(
        "cases_list",
        "List cases",
        "Cases, newest first, each with the first of its evidence and how much it has.",
        List.of(
            Input.choice("state", "Only in this state.", List.of("open", "closed")),
            Input.text("tag", "Only with this tag.", 300),
            Input.id("evidence", "Only cases that this evidence is in."),
            Input.limit(30, 200),
            Input.cursor()),
        (arguments, api) ->
            new ListPage(
                    arguments.in(Resource.of(CASES), "state", "tag", "evidence", "cursor"), "cases")
                .read(api, arguments.number("limit")));
  }

  private static Tool show() {
    return new Tool(
        "case_show",
        "Show a case",
        "One case: what it is about, its evidence, whether it is on hold, and its newest notes.",
        List.of(Input.id("case", "The case's id.").asRequired()),
        (arguments, api) ->
            Bounds.within(
                api.get(Resource.of(CASES + "/{id}").named("id", arguments.required("case"))),
                Bounds.RESULT_MAX_BYTES));
  }

  private static Tool notes() {
    return new Tool(
        "case_notes",
        "Read the notes of a case",
        "What people have written down, oldest first.",
        List.of(
            Input.id("case", "The case's id.").asRequired(), Input.limit(50, 200), Input.cursor()),
        (arguments, api) ->
            new ListPage(
                    arguments.in(
                        Resource.of(CASES + "/{id}/notes").named("id", arguments.required("case")),
                        "cursor"),
                    "notes")
                .read(api, arguments.number("limit")));
  }
}
