package whorl.collector.mcp.tools;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;

/** Tools about evidence: what it is, its text, its custody and what analyses found in it. */
final class EvidenceTools {
  private static final String EVIDENCE = "/api/v1/evidence/{id}";
  private static final String ARTIFACTS = "artifacts";

  private EvidenceTools() {}

  static List<Tool> all() {
    return List.of(list(), show(), text(), custody(), findings(), compare(), search());
  }

  private static Tool list() {
    return new Tool(
        "evidence_list",
        "List evidence",
        "Evidence, newest first: the agent and service it is of, the alert that caused it, whether"
            + " it is complete and signed, and how many artifacts it has.",
        List.of(
            Input.text("service", "Only of this service.", 300),
            Input.id("agent", "Only of this agent."),
            Input.choice("state", "Only in this state.", List.of("sealed", "partial", "failed")),
            Input.limit(30, 200),
            Input.cursor()),
        (arguments, api) ->
            new ListPage(
                    arguments.in(
                        Resource.of("/api/v1/evidence"), "service", "agent", "state", "cursor"),
                    "evidence",
                    "limit",
                    EvidenceTools::withoutArtifacts)
                .read(api, arguments.number("limit")));
  }

  private static JsonNode withoutArtifacts(JsonNode row) {
    if (!(row.deepCopy() instanceof ObjectNode brief)) {
      return row;
    }
    brief.put("artifactCount", row.path(ARTIFACTS).size());
    brief.remove(ARTIFACTS);
    return brief;
  }

  private static Tool show() {
    return new Tool(
        "evidence_show",
        "Show evidence",
        "One piece of evidence: its alert, signature, what could not be captured, and the names,"
            + " sizes and digests of its artifacts.",
        List.of(
            id(),
            Input.number("offset", "How many artifacts to skip.", 0, 1_000_000, 0L),
            Input.limit(100, 500)),
        (arguments, api) ->
            Part.of(
                api.get(evidence(EVIDENCE, arguments)),
                ARTIFACTS,
                arguments.number("offset"),
                arguments.number("limit")));
  }

  private static Tool text() {
    return new Tool(
        "evidence_text",
        "Read an artifact that is text",
        "Lines of one artifact, such as threads.txt, console.log or acquisition.log; evidence_show"
            + " has the names. With `words` only lines in which they occur. Binary and encrypted"
            + " artifacts are refused.",
        List.of(
            id(),
            Input.text("artifact", "The artifact's name.", 300).asRequired(),
            Input.text("words", "Only lines with this text, in any case.", 200),
            Input.limit(100, 500),
            Input.cursor()),
        (arguments, api) ->
            new ListPage(
                    arguments
                        .in(
                            evidence(EVIDENCE + "/lines/{artifact...}", arguments)
                                .named("artifact", arguments.required("artifact")),
                            "cursor")
                        .with("q", arguments.optional("words")),
                    "lines")
                .read(api, arguments.number("limit")));
  }

  private static Tool custody() {
    return new Tool(
        "evidence_custody",
        "Show the custody of evidence",
        "Who received, read, exported, held or verified this evidence and when, and whether the"
            + " custody log can be relied on (`doubts`). Reading with these tools is in it too.",
        List.of(id(), Input.limit(50, 200), Input.cursor()),
        (arguments, api) ->
            new ListPage(
                    arguments
                        .in(Resource.of("/api/v1/custody"), "cursor")
                        .with("evidence", arguments.required("evidence")),
                    "entries")
                .read(api, arguments.number("limit")));
  }

  private static Tool findings() {
    return new Tool(
        "evidence_findings",
        "Read the findings",
        "What analyses made of the evidence: a summary, what was not examined, findings with their"
            + " severity, the chain of what the intruder did, and where else significant values"
            + " occurred. Read this before the timeline.",
        List.of(
            id(),
            Input.choice(
                "part",
                "Which list to read besides the summary; findings if not given.",
                List.of("findings", "chain", "scope")),
            Input.number("offset", "How many entries of the list to skip.", 0, 100_000, 0L),
            Input.limit(20, 200)),
        EvidenceTools::findings);
  }

  private static Found findings(Arguments arguments, Api api) throws IOException {
    String given = arguments.optional("part");
    String part = given == null ? "findings" : given;
    JsonNode report = api.get(evidence(EVIDENCE + "/findings", arguments));
    if (report.deepCopy() instanceof ObjectNode whole) {
      for (String list : List.of("findings", "chain", "scope")) {
        if (!list.equals(part)) {
          whole.put(list + "Count", whole.path(list).size());
          whole.remove(list);
        }
      }
      report = whole;
    }
    return Part.of(report, part, arguments.number("offset"), arguments.number("limit"));
  }

  private static Tool compare() {
    return new Tool(
        "evidence_compare",
        "Compare two pieces of evidence",
        "What differs between two pieces of evidence, such as before and after an attack, or of two"
            + " replicas: classes, registrations, libraries, sockets, files, threads, process. It"
            + " is in the custody of both.",
        List.of(
            id(),
            Input.id("with", "The other evidence.").asRequired(),
            Input.text("kind", "Only these kinds of differences, with commas between.", 200)),
        (arguments, api) ->
            Bounds.within(
                api.get(arguments.in(evidence(EVIDENCE + "/compare", arguments), "with", "kind")),
                Bounds.RESULT_MAX_BYTES));
  }

  private static Tool search() {
    return new Tool(
        "search",
        "Search everything",
        "Where a value was seen: an address, host, digest, path, class, command or user agent. In"
            + " which JVMs, first and last, with the evidence or alert; also agents, and events of"
            + " journals. Use it to find who else is hit.",
        List.of(
            Input.text("words", "What to look for, at least 3 characters, in any case.", 200)
                .asRequired(),
            Input.text("kind", "Only values of this kind.", 40)),
        (arguments, api) ->
            Bounds.within(
                api.get(
                    arguments
                        .in(Resource.of("/api/v1/search"), "kind")
                        .with("q", arguments.required("words"))),
                Bounds.RESULT_MAX_BYTES));
  }

  private static Input id() {
    return Input.id("evidence", "The evidence's id.").asRequired();
  }

  private static Resource evidence(String template, Arguments arguments) {
    return Resource.of(template).named("id", arguments.required("evidence"));
  }
}
