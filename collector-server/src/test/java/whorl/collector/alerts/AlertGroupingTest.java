package whorl.collector.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import whorl.evidence.Alert;
import whorl.evidence.Id;
import whorl.evidence.Level;

class AlertGroupingTest {
  private static final Id AGENT = new Id("agent-0001");
  private static final Instant NOON = Instant.parse("2026-11-28T12:00:00Z");

  private final AlertGrouping alertGrouping = new AlertGrouping();
  private int alerts;

  @Test
  void next_sameRequest_isOneGroup_whateverTheRuleAndThread() {
    Alert first = alert("a", Level.HIGH, "r1", "exec-1");

    assertThat(next(first, 0)).isNull();
    assertThat(next(alert("b", Level.HIGH, "r1", "exec-1"), 1))
        .isEqualTo(new AlertGrouping.Membership(first.id(), 2));
    assertThat(next(alert("c", Level.MEDIUM, "r1", "pool-2"), 300))
        .isEqualTo(new AlertGrouping.Membership(first.id(), 3));
  }

  @Test
  void next_higherLevel_startsANewGroup_thatTakesLaterAlerts() {
    next(alert("a", Level.HIGH, "r1", "exec-1"), 0);
    Alert graver = alert("b", Level.CRITICAL, "r1", "exec-1");

    assertThat(next(graver, 1)).isNull();
    assertThat(next(alert("a", Level.HIGH, "r1", "exec-1"), 2))
        .isEqualTo(new AlertGrouping.Membership(graver.id(), 2));
  }

  @Test
  void next_otherRequestOnTheSameThread_isAnotherGroup() {
    next(alert("a", Level.HIGH, "r1", "exec-1"), 0);

    assertThat(next(alert("a", Level.HIGH, "r2", "exec-1"), 1)).isNull();
  }

  @Test
  void next_sameRuleClientAndPath_isOneGroup_withinAMinuteOfTheLast() {
    Alert first =
        alert("scan", Level.MEDIUM, captureRequests("r1", "10.0.0.9", "/fetch"), "exec-1", NOON);
    next(first, 0);

    assertThat(
            next(
                alert(
                    "scan",
                    Level.MEDIUM,
                    captureRequests("r2", "10.0.0.9", "/fetch"),
                    "exec-2",
                    NOON),
                50))
        .isEqualTo(new AlertGrouping.Membership(first.id(), 2));
    assertThat(
            next(
                alert(
                    "scan",
                    Level.MEDIUM,
                    captureRequests("r3", "10.0.0.9", "/fetch"),
                    "exec-3",
                    NOON),
                100))
        .isEqualTo(new AlertGrouping.Membership(first.id(), 3));
    assertThat(
            next(
                alert(
                    "scan",
                    Level.MEDIUM,
                    captureRequests("r4", "10.0.0.9", "/fetch"),
                    "exec-3",
                    NOON),
                161))
        .isNull();
  }

  @Test
  void next_otherRuleClientOrPath_isAnotherGroup() {
    next(
        alert("scan", Level.MEDIUM, captureRequests("r1", "10.0.0.9", "/fetch"), "exec-1", NOON),
        0);

    assertThat(
            next(
                alert(
                    "other",
                    Level.MEDIUM,
                    captureRequests("r2", "10.0.0.9", "/fetch"),
                    "exec-2",
                    NOON),
                1))
        .isNull();
    assertThat(
            next(
                alert(
                    "scan",
                    Level.MEDIUM,
                    captureRequests("r3", "10.0.0.8", "/fetch"),
                    "exec-2",
                    NOON),
                2))
        .isNull();
    assertThat(
            next(
                alert(
                    "scan",
                    Level.MEDIUM,
                    captureRequests("r4", "10.0.0.9", "/read"),
                    "exec-2",
                    NOON),
                3))
        .isNull();
    assertThat(
            next(
                alert(
                    "scan",
                    Level.HIGH,
                    captureRequests("r5", "10.0.0.9", "/fetch"),
                    "exec-2",
                    NOON),
                4))
        .isNull();
  }

  @Test
  void next_longPaths_areNotRemembered() {
    String path = "/" + "a".repeat(2_000);

    next(alert("scan", Level.MEDIUM, captureRequests("r1", "10.0.0.9", path), "exec-1", NOON), 0);

    assertThat(
            next(
                alert(
                    "scan", Level.MEDIUM, captureRequests("r2", "10.0.0.9", path), "exec-2", NOON),
                1))
        .isNull();
  }

  /** The second use of a web shell raises both rules again. */
  @Test
  void next_allRulesOfARepeatedRequest_areInItsGroup() {
    Alert first =
        alert("a", Level.HIGH, captureRequests("r1", "10.0.0.9", "/shell"), "exec-1", NOON);
    next(first, 0);
    next(alert("b", Level.HIGH, captureRequests("r1", "10.0.0.9", "/shell"), "exec-1", NOON), 0);

    assertThat(
            next(
                alert("a", Level.HIGH, captureRequests("r2", "10.0.0.9", "/shell"), "exec-1", NOON),
                1))
        .isEqualTo(new AlertGrouping.Membership(first.id(), 3));
    assertThat(
            next(
                alert("b", Level.HIGH, captureRequests("r2", "10.0.0.9", "/shell"), "exec-1", NOON),
                1))
        .isEqualTo(new AlertGrouping.Membership(first.id(), 4));
    assertThat(
            next(
                alert("c", Level.HIGH, captureRequests("r2", "10.0.0.9", "/shell"), "exec-1", NOON),
                1))
        .isNull();
  }

  private static Map<String, Object> captureRequests(String id, String client, String path) {
    return Map.of("request.id", id, "request.remoteAddress", client, "request.path", path);
  }

  @Test
  void next_otherAgent_isAnotherGroup() {
    next(alert("a", Level.HIGH, "r1", "exec-1"), 0);

    assertThat(
            alertGrouping.join(new Id("agent-0002"), alert("a", Level.HIGH, "r1", "exec-1"), NOON))
        .isNull();
  }

  @Test
  void next_jdkEventOnTheRequestsThread_isInTheRequestsGroup() {
    Alert first = alert("a", Level.HIGH, "r1", "exec-1");
    next(first, 0);
    Map<String, Object> jdk = Map.of("event", "jdk.Deserialization");

    assertThat(next(alert("jdk", Level.HIGH, jdk, "exec-1", NOON), 9))
        .isEqualTo(new AlertGrouping.Membership(first.id(), 2));
    assertThat(next(alert("jdk", Level.HIGH, jdk, "exec-1", NOON), 20)).isNull();
    assertThat(next(alert("other", Level.HIGH, null, "exec-1"), 9)).isNull();
  }

  @Test
  void next_sameRuleAndThreadWithoutRequest_isOneGroup_withinAMinuteOfTheLastAndTenInAll() {
    next(alert("a", Level.HIGH, null, "main"), 0);

    assertThat(next(alert("a", Level.HIGH, null, "other"), 1)).isNull();
    assertThat(next(alert("b", Level.HIGH, null, "main"), 1)).isNull();
    assertThat(next(alert("a", Level.HIGH, null, "main"), 59)).isNotNull();
    assertThat(next(alert("a", Level.HIGH, null, "main"), 118)).isNotNull();
    assertThat(next(alert("a", Level.HIGH, null, "main"), 179)).isNull();
    for (int i = 1; i <= 10; i++) {
      assertThat(next(alert("a", Level.HIGH, null, "main"), 179 + 59 * i)).isNotNull();
    }
    assertThat(next(alert("a", Level.HIGH, null, "main"), 179 + 601)).isNull();
  }

  /** Each way of tampering is a group of its own. */
  @Test
  void next_tampering_alwaysStartsANewGroup() {
    Map<String, Object> tampering = Map.of("event", "whorl.Tamper", "what", "rules-changed");

    assertThat(next(alert("a", Level.CRITICAL, tampering, "whorl-tamper", NOON), 0)).isNull();
    assertThat(next(alert("a", Level.CRITICAL, tampering, "whorl-tamper", NOON), 1)).isNull();
  }

  @Test
  void next_correlation_isInTheGroupOfTheRequestThatItsEventsShare_orInNone() {
    Alert first = alert("a", Level.HIGH, "request-1", "exec-1");
    next(first, 0);
    Map<String, Object> ofOne =
        Map.of(
            "request.id",
            "request-1",
            "correlation.type",
            "temporal",
            "correlation.group",
            "request.id=request-1");
    Map<String, Object> ofThree =
        Map.of("request.id", "request-1", "correlation.type", "event_count");

    assertThat(next(alert("b", Level.HIGH, ofOne, "exec-1", NOON), 1)).isNotNull();
    assertThat(next(alert("c", Level.HIGH, ofThree, "exec-1", NOON), 1)).isNull();
  }

  @Test
  void next_workStartedByARequest_isInTheRequestsGroup() {
    Alert first = alert("a", Level.HIGH, "r1", "exec-1");
    next(first, 0);
    Alert later = alert("b", Level.HIGH, Map.of("request.startedBy", "r1"), "shell-thread", NOON);

    assertThat(next(later, 60)).isEqualTo(new AlertGrouping.Membership(first.id(), 2));
  }

  @Test
  void next_tooManyGroups_evictsTheOldest() {
    next(alert("a", Level.HIGH, "r-first", null), 0);
    for (int i = 0; i < 20_000; i++) {
      next(alert("a", Level.HIGH, "r" + i, null), 1);
    }

    assertThat(next(alert("a", Level.HIGH, "r-first", null), 2)).isNull();
    assertThat(next(alert("a", Level.HIGH, "r19999", null), 2)).isNotNull();
  }

  private AlertGrouping.@Nullable Membership next(Alert alert, long atSeconds) {
    Instant now = NOON.plusSeconds(atSeconds);
    AlertGrouping.Membership membership = alertGrouping.join(AGENT, alert, now);
    if (membership == null) {
      alertGrouping.begin(AGENT, alert, now);
    }
    return membership;
  }

  private Alert alert(String rule, Level level, @Nullable String request, @Nullable String thread) {
    Map<String, Object> fields = new HashMap<>();
    if (request != null) {
      fields.put("request.id", request);
    }
    return alert(rule, level, fields, thread, NOON);
  }

  private Alert alert(
      String rule, Level level, Map<String, Object> fields, @Nullable String thread, Instant at) {
    Id id = new Id("alert-000" + ++alerts);
    return new Alert(
        id,
        "whorl",
        at,
        rule,
        level,
        "Title of " + rule,
        null,
        List.of(),
        fields,
        thread,
        List.of());
  }
}
