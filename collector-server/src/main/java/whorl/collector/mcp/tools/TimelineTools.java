package whorl.collector.mcp.tools;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The tool that reads timelines. */
final class TimelineTools {
  private TimelineTools() {}

  static List<Tool> all() {
    return List.of(
        new Tool(
            "timeline_read",
            "Read a timeline",
            "Rows of what happened in a JVM, in the order of time: files, sockets, processes,"
                + " classes, HTTP requests, with ECS columns such as @timestamp, event.action,"
                + " message, file.path, process.command_line, http.request.id. Of one piece of"
                + " evidence, or of all of a case. Filter, rather than read everything: by words,"
                + " by request (all that one HTTP request did) or around a row.",
            List.of(
                Input.id("evidence", "The evidence; either this or case."),
                Input.id("case", "The case whose evidence is read together."),
                Input.text("from", "The earliest time, such as 2026-11-25T09:30:00Z.", 40),
                Input.text("to", "The end, exclusive.", 40),
                Input.text(
                    "type",
                    "Values of event.action with commas between, a star at the end for any rest,"
                        + " such as whorl.FileOpen,whorl.Process*.",
                    1_000),
                Input.text("words", "Words that must all occur in the row, in any case.", 1_000),
                Input.text(
                    "where",
                    "Conditions column:op:value with semicolons between; op is eq, ne, contains,"
                        + " prefix, and for numbers lt, gt. Such as file.path:prefix:/proc.",
                    4_000),
                Input.text("thread", "Only of the thread of this name.", 1_000),
                Input.text("request", "Only of this http.request.id.", 1_000),
                Input.text("around", "The event.id of a row: what happened around it.", 1_000),
                Input.text("span", "How long before and after it, such as 500ms or 2m.", 20),
                Input.choice("order", "By time; asc if not given.", List.of("asc", "desc")),
                Input.flag("stacks", "Whether rows have stack traces; they are long."),
                Input.limit(50, 200),
                Input.cursor()),
            TimelineTools::read));
  }

  private static Found read(Arguments arguments, Api api) throws IOException {
    String evidence = arguments.optional("evidence");
    Resource timeline =
        arguments
            .in(
                resource(evidence, arguments.optional("case")),
                "from",
                "to",
                "type",
                "where",
                "thread",
                "request",
                "around",
                "span",
                "order",
                "stacks",
                "cursor")
            .with("q", arguments.optional("words"));
    return new ListPage(timeline, "rows").read(api, arguments.number("limit"));
  }

  private static Resource resource(@Nullable String evidence, @Nullable String aCase) {
    if ((evidence == null) == (aCase == null)) {
      throw new ToolException("give either evidence or case, the id of one");
    }
    return evidence == null
        ? Resource.of("/api/v1/timeline").with("case", aCase)
        : Resource.of("/api/v1/evidence/{id}/timeline").named("id", evidence);
  }
}
