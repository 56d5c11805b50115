package whorl.collector.cli.doctor;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.cli.client.Answer;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.maintenance.Check;
import whorl.evidence.Text;

/** What a collector says of itself to everyone: health, readiness, metrics, and its clock. */
final class StatusChecks {
  private static final int OK = 200;
  private static final Duration CLOCK_WARN = Duration.ofSeconds(30);
  private static final Duration CLOCK_FAIL = Duration.ofMinutes(5);
  private static final long FREE_FAIL = 512L << 20;
  private static final long INDEX_WARN = 20;

  private final CollectorClient collector;
  private final InstantSource clock;
  private final List<Check> checks;

  StatusChecks(CollectorClient collector, InstantSource clock, List<Check> checks) {
    this.collector = collector;
    this.clock = clock;
    this.checks = checks;
  }

  /** Adds the checks; the metrics, empty if they cannot be read. */
  Samples run() {
    health();
    readiness();
    return metrics();
  }

  private void health() {
    Instant asked = clock.instant();
    Answer answer = asked("healthz", "/healthz");
    if (answer == null) {
      return;
    }
    checks.add(
        answer.status() == OK
            ? Check.ok("healthz", answer.text().strip())
            : Check.fail(
                "healthz",
                "status " + answer.status(),
                "check that the URL is a Whorl collector's, without a path"));
    if (answer.date() != null) {
      clock(answer.date(), asked, clock.instant());
    }
  }

  /** What the request itself took is no difference of clocks; a Date has whole seconds. */
  private void clock(String date, Instant asked, Instant answered) {
    Instant there;
    try {
      there = Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(date));
    } catch (DateTimeParseException e) {
      checks.add(Check.warn("clock", "the header Date cannot be read", "check what answers there"));
      return;
    }
    Duration difference = Duration.ZERO;
    if (there.isBefore(asked.truncatedTo(ChronoUnit.SECONDS))) {
      difference = Duration.between(there, asked);
    } else if (there.isAfter(answered)) {
      difference = Duration.between(answered, there);
    }
    String seen = difference.toSeconds() + " s between its clock and the one here";
    String remedy = "have both machines use NTP: tokens and certificates have times";
    if (difference.compareTo(CLOCK_FAIL) > 0) {
      checks.add(Check.fail("clock", seen, remedy));
    } else if (difference.compareTo(CLOCK_WARN) > 0) {
      checks.add(Check.warn("clock", seen, remedy));
    } else {
      checks.add(Check.ok("clock", seen));
    }
  }

  private void readiness() {
    Answer answer = asked("readyz", "/readyz");
    if (answer == null) {
      return;
    }
    boolean ready = answer.status() == OK;
    List<String> lines =
        answer
            .text()
            .lines()
            .filter(line -> line.startsWith("- "))
            .map(l -> l.substring(2))
            .toList();
    if (lines.isEmpty()) {
      checks.add(
          ready
              ? Check.ok("readyz", "ready, and no part has a problem")
              : Check.fail("readyz", "status " + answer.status(), "see the collector's log"));
    }
    for (String line : lines) {
      checks.add(
          ready
              ? Check.warn("readyz", line, "evidence is received all the same; docs/operators.md")
              : Check.fail(
                  "readyz", line, "no evidence is received until this ends; docs/operators.md"));
    }
  }

  private Samples metrics() {
    Answer answer = asked("metrics", "/metrics");
    if (answer == null) {
      return Samples.parse("");
    }
    Samples samples = Samples.parse(answer.text());
    if (answer.status() != OK || samples.size() == 0) {
      checks.add(
          Check.warn(
              "metrics",
              "status " + answer.status() + ", no samples",
              "let Prometheus reach /metrics: it needs no token"));
      return samples;
    }
    checks.add(Check.ok("metrics", samples.size() + " metrics"));
    numbers(samples);
    return samples;
  }

  private void numbers(Samples samples) {
    Long free = samples.sum("whorl_collector_data_free_bytes");
    if (free != null) {
      String seen = (free >> 20) + " MiB are free in the data folder";
      String remedy =
          "make the volume larger, or set serve --retain; uploads are refused below 512";
      if (free < FREE_FAIL) {
        checks.add(Check.fail("room", seen, remedy));
      } else if (free < 2 * FREE_FAIL) {
        checks.add(Check.warn("room", seen, remedy));
      } else {
        checks.add(Check.ok("room", seen));
      }
    }
    long waiting = samples.count("whorl_index_waiting") + samples.count("whorl_findings_waiting");
    String queue = "waiting for a timeline or findings: " + waiting;
    checks.add(
        waiting > INDEX_WARN
            ? Check.warn(
                "index", queue, "give the collector more processors and memory, or run several")
            : Check.ok("index", queue));
    long failing = samples.count("whorl_reload_failing");
    if (failing > 0) {
      checks.add(
          Check.fail(
              "reload",
              Text.counted(failing, "file")
                  + " cannot be read again; the earlier content stays in use",
              "correct them: the collector's log names each file and what is wrong in it"));
    }
    evidence(samples);
  }

  private void evidence(Samples samples) {
    long lost = samples.count("whorl_evidence_lost") + samples.count("whorl_evidence_incomplete");
    if (lost > 0) {
      checks.add(
          Check.fail(
              "evidence-store",
              Text.counted(lost, "piece of evidence")
                  + (lost == 1 ? " is" : " are")
                  + " lost or incomplete in the object store",
              "restore them; /readyz names them (docs/operators.md, Recovery)"));
    }
    long doubts = samples.count("whorl_custody_doubts");
    if (doubts > 0) {
      checks.add(
          Check.fail(
              "custody-doubts",
              Text.counted(doubts, "doubt") + " about the custody log",
              "GET /api/v1/custody says which (docs/what-is-kept.md)"));
    }
    long shared = samples.count("whorl_agents_connected_by_proof", "\"shared-token\"");
    if (shared > 0) {
      checks.add(
          Check.warn(
              "shared-token",
              Text.counted(shared, "connected agent")
                  + (shared == 1 ? " has" : " have")
                  + " only the token that all agents share",
              "let them prove who they are (docs/agent-identity.md), then serve"
                  + " --no-shared-agent-token"));
    } else {
      checks.add(
          Check.ok(
              "shared-token",
              "no agent that is connected to this collector uses the shared token"));
    }
  }

  private @Nullable Answer asked(String name, String path) {
    try {
      return collector.answer(path);
    } catch (CliException e) {
      checks.add(
          Check.fail(name, String.valueOf(e.getMessage()), "see the checks before this one"));
      return null;
    }
  }
}
