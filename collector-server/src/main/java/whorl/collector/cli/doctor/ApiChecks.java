package whorl.collector.cli.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import whorl.collector.cli.client.Answer;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.client.Problems;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.custody.proof.SignedCheckpoint;
import whorl.collector.custody.proof.VerifierKey;
import whorl.collector.maintenance.Check;
import whorl.evidence.Json;
import whorl.evidence.Text;

/** What a token of role viewer shows: agents, versions, rules, evidence, retention, custody. */
final class ApiChecks {
  private static final int AGENTS_READ = 200;
  private static final String SEE_LOG = "see the collector's log";

  private final CollectorClient collector;
  private final Samples samples;
  private final @Nullable String ownVersion;
  private final Instant now;
  private final List<Check> checks;

  /**
   * @param ownVersion of this command; null if it runs from classes
   */
  ApiChecks(
      CollectorClient collector,
      Samples samples,
      @Nullable String ownVersion,
      Instant now,
      List<Check> checks) {
    this.collector = collector;
    this.samples = samples;
    this.ownVersion = ownVersion;
    this.now = now;
    this.checks = checks;
  }

  void run(boolean hasToken) {
    if (!hasToken) {
      versions(List.of());
      checks.add(
          Check.warn(
              "token",
              "none is given, so agents, rules, evidence, retention and custody are not checked",
              "give one of role viewer with --token or WHORL_TOKEN"));
      return;
    }
    if (!token()) {
      versions(List.of());
      return;
    }
    guarded("agents", () -> agents(collector.json("agents", agentsQuery())));
    guarded("rules", () -> rules(collector.json("rules", Map.of())));
    guarded("evidence", () -> evidence(collector.json("evidence", Map.of("limit", "1"))));
    guarded("retention", () -> retention(collector.json("retention", Map.of())));
    guarded("custody", this::custody);
  }

  private static Map<String, String> agentsQuery() {
    return Map.of("connected", "true", "limit", Integer.toString(AGENTS_READ));
  }

  private void guarded(String name, Runnable check) {
    try {
      check.run();
    } catch (CliException e) {
      checks.add(Check.fail(name, String.valueOf(e.getMessage()), SEE_LOG));
    }
  }

  /** True if the token may read. */
  private boolean token() {
    Answer answer;
    try {
      answer = collector.answer("/session");
    } catch (CliException e) {
      checks.add(Check.fail("token", String.valueOf(e.getMessage()), SEE_LOG));
      return false;
    }
    JsonNode body = json(answer.text());
    if (answer.status() == 200) {
      checks.add(
          Check.ok(
              "token",
              "of role " + body.path("role").asText() + ", " + body.path("name").asText()));
      if (body.has("access")) {
        checks.add(scope(body.path("access")));
      }
      return true;
    }
    String detail = body.path("detail").asText("status " + answer.status());
    checks.add(
        Check.fail(
            "token",
            detail,
            answer.status() == 403
                ? "give a token of role viewer, responder or admin"
                : "give a token of the collector's tokens file, as it is now: it is read again"
                    + " within seconds"));
    return false;
  }

  /** Says that what follows is of a part only: a team's doctor cannot see the others' agents. */
  private static Check scope(JsonNode access) {
    List<String> grants = new ArrayList<>();
    for (JsonNode grant : access) {
      StringJoiner parts = new StringJoiner(" and ");
      names(grant, "namespaces", parts);
      names(grant, "services", parts);
      if (grant.has("labels")) {
        StringJoiner labels = new StringJoiner(", ", "labels ", "");
        grant
            .path("labels")
            .properties()
            .forEach(each -> labels.add(each.getKey() + "=" + each.getValue().asText()));
        parts.add(labels.toString());
      }
      String role = grant.path("role").asText();
      grants.add(role + " of " + (parts.length() == 0 ? "everything" : parts));
    }
    return Check.ok(
        "scope",
        String.join("; ", grants)
            + "; the checks of agents, rules, evidence and retention see that part only");
  }

  private static void names(JsonNode grant, String name, StringJoiner into) {
    if (grant.has(name)) {
      StringJoiner joined = new StringJoiner(", ", name + " ", "");
      grant.path(name).forEach(each -> joined.add(each.asText()));
      into.add(joined.toString());
    }
  }

  private static JsonNode json(String text) {
    try {
      JsonNode node = Json.LENIENT.readTree(text);
      return node == null ? Json.LENIENT.createObjectNode() : node;
    } catch (IOException notJson) {
      return Json.LENIENT.createObjectNode();
    }
  }

  private void agents(JsonNode page) {
    JsonNode agents = page.path("agents");
    Map<String, Integer> byVersion = new TreeMap<>();
    int failing = 0;
    for (JsonNode agent : agents) {
      byVersion.merge(agent.path("agentVersion").asText("unknown"), 1, Integer::sum);
      String selfTest = agent.path("capabilities").path("selfTest").asText("passes");
      failing += selfTest.startsWith("passes") ? 0 : 1;
    }
    versions(List.copyOf(byVersion.keySet()));
    if (agents.isEmpty()) {
      noAgents();
      return;
    }
    String more = page.path("next").asText("").isEmpty() ? "" : " and more";
    checks.add(Check.ok("agents", agents.size() + more + " connected, by version " + byVersion));
    if (failing > 0) {
      checks.add(
          Check.fail(
              "self-test",
              failing + " connected agents do not pass their self-test",
              "whorl agents --json has the reason of each in capabilities.selfTest"));
    }
  }

  private void noAgents() {
    long refused =
        samples.count("whorl_http_requests_total", "/agent/v1/channel", "status=\"401\"")
            + samples.count("whorl_http_requests_total", "/agent/v1/channel", "status=\"403\"")
            + samples.count("whorl_agent_identity_refused_total");
    checks.add(
        Check.warn(
            "agents",
            "none is connected"
                + (refused > 0
                    ? "; " + Text.counted(refused, "time") + " one was refused for its proof"
                    : ""),
            "three usual causes: the pods run since before the label or the flag (restart them, and"
                + " see whorl doctor --kubernetes); a NetworkPolicy does not let them reach this"
                + " address; their token or authority is wrong. In the pod: java -jar"
                + " /whorl/whorl-agent.jar doctor"));
  }

  private void versions(List<String> agents) {
    String there = samples.label("whorl_build_info", "version");
    if (there == null) {
      checks.add(
          Check.warn(
              "version",
              "the collector does not say its version, so it is 0.1.0 or older",
              "upgrade it (docs/upgrade.md)"));
      return;
    }
    List<String> others = agents.stream().filter(each -> !each.equals(there)).toList();
    String seen =
        "collector " + there + ", this command " + (ownVersion == null ? "?" : ownVersion);
    if (!others.isEmpty()) {
      checks.add(
          Check.warn(
              "version",
              seen + ", agents also " + String.join(", ", others),
              "fine for an upgrade under way; docs/upgrade.md says what such agents lack"));
    } else if (ownVersion != null && !ownVersion.equals(there)) {
      checks.add(
          Check.warn("version", seen, "use the jar of the collector's version for its commands"));
    } else {
      checks.add(Check.ok("version", seen + (agents.isEmpty() ? "" : ", agents the same")));
    }
  }

  private void rules(JsonNode page) {
    int sets = 0;
    int problems = 0;
    for (JsonNode set : page.path("rules")) {
      sets++;
      for (JsonNode agent : set.path("agents")) {
        problems += agent.path("problems").isEmpty() ? 0 : 1;
      }
    }
    String seen =
        sets == 0
            ? "no set is pushed; agents have the built-in rules"
            : Text.counted(sets, "set") + (sets == 1 ? " is" : " are") + " pushed";
    checks.add(
        problems == 0
            ? Check.ok("rules", seen)
            : Check.warn(
                "rules",
                seen + ", with problems at " + Text.counted(problems, "agent"),
                "whorl rules list NAME shows them; push the corrected set"));
  }

  private void evidence(JsonNode page) {
    JsonNode newest = page.path("evidence").path(0);
    if (newest.isMissingNode()) {
      checks.add(
          Check.warn(
              "evidence",
              "there is none",
              "try the whole way once: whorl capture --service S --wait"));
      return;
    }
    String state = newest.path("state").asText();
    String seen =
        "the newest is of " + newest.path("service").asText() + ", " + state + age(newest);
    checks.add(
        state.equals("sealed")
            ? Check.ok("evidence", seen)
            : Check.warn(
                "evidence",
                seen,
                "whorl evidence show "
                    + newest.path("id").asText()
                    + " says what is missing, and why"));
  }

  private String age(JsonNode evidence) {
    try {
      Instant sealed = Instant.parse(evidence.path("sealedAt").asText());
      return ", " + Text.counted(Duration.between(sealed, now).toHours(), "hour") + " ago";
    } catch (DateTimeParseException unknown) {
      return "";
    }
  }

  private void retention(JsonNode view) {
    JsonNode all = view.path("all");
    boolean limited = all.has("maxAgeSeconds") || all.has("maxBytes");
    for (JsonNode each : view.path("classes")) {
      limited |= each.hasNonNull("maxAgeSeconds") || each.hasNonNull("maxBytes");
    }
    String seen =
        Text.counted(all.path("evidence").asLong(), "piece of evidence")
            + ", "
            + (all.path("bytes").asLong() >> 20)
            + " MiB";
    JsonNode doubt = view.path("waits");
    if (doubt.isObject()) {
      checks.add(
          Check.warn(
              "retention",
              seen + "; nothing is purged now: " + doubt.path("why").asText("the clock jumped"),
              doubt.hasNonNull("until")
                  ? "check the collector's clock; purging goes on by itself after a day"
                  : "purging goes on when that is mended: restore the log, or accept it"
                      + " (docs/what-is-kept.md)"));
    } else if (limited) {
      checks.add(Check.ok("retention", seen + ", with limits"));
    } else {
      checks.add(
          Check.warn(
              "retention",
              seen + ", and no limit: nothing is ever purged",
              "set serve --retain or --retain-size, or watch the room"));
    }
  }

  private void custody() {
    try {
      SignedCheckpoint checkpoint = SignedCheckpoint.parse(collector.bytes("custody/checkpoint"));
      VerifierKey key =
          VerifierKey.parse(new String(collector.bytes("custody/key"), StandardCharsets.UTF_8));
      JsonNode log = collector.json("custody", Map.of());
      long size = log.path("size").asLong();
      String seen =
          Text.counted(size, "entry") + ", checkpoint of " + checkpoint.size() + ", key " + key;
      if (!checkpoint.isSignedBy(key)) {
        checks.add(
            Check.fail(
                "custody",
                seen + ": it is not signed with the log's key",
                "give every collector the same --custody-key"));
      } else if (checkpoint.size() > size) {
        checks.add(
            Check.fail(
                "custody",
                seen + ": the log was cut off",
                "restore it from a backup (docs/several-collectors.md)"));
      } else if (!log.path("doubts").isEmpty()) {
        checks.add(
            Check.fail(
                "custody",
                seen + "; in doubt: " + log.path("doubts").path(0).asText(),
                "restore the log, or accept it (docs/what-is-kept.md)"));
      } else {
        checks.add(Check.ok("custody", seen));
      }
    } catch (IllegalArgumentException e) {
      checks.add(
          Check.fail("custody", Problems.text(e), "a collector signs within a second; " + SEE_LOG));
    }
  }
}
