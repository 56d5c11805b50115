package whorl.agent.rule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import whorl.event.AgentEvent;
import whorl.event.EventType;
import whorl.event.RequestContext;
import whorl.evidence.Alert;
import whorl.evidence.Json;
import whorl.evidence.Level;
import whorl.rules.Events;
import whorl.rules.Rules;
import whorl.rules.engine.ArmedRule;
import whorl.rules.engine.RuleCount;
import whorl.rules.engine.RuleSet;

class RuleConsumerTest {
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-11-24T10:00:00Z"));
  private static final String ANY_OPEN = "s:\n  event: FileOpen\ncondition: s";

  private final List<Alert> alerts = Collections.synchronizedList(new ArrayList<>());

  private RuleConsumer stage(RuleSet rules) {
    return new RuleConsumer(rules, (alert, event) -> alerts.add(alert), CLOCK);
  }

  private static RuleSet any(String... titles) {
    StringBuilder yaml = new StringBuilder();
    for (String title : titles) {
      yaml.append("---\ntags: [attack.t1005]\ndescription: why\n");
      yaml.append(Rules.yaml(title, "file_event", ANY_OPEN));
    }
    return RuleSet.parse(yaml.toString(), "stage.yml");
  }

  @Test
  void accept_match_makesAnAlertOfTheEvent() {
    RuleSet rules = any("one");
    AgentEvent event =
        Events.withStack(
            EventType.FILE_OPEN, List.of("a.B.c", "d.E.f"), "path", "/x", "created", true);

    stage(rules).accept(event);

    assertThat(alerts).hasSize(1);
    Alert alert = alerts.get(0);
    assertThat(alert.source()).isEqualTo("whorl");
    assertThat(alert.time()).isEqualTo(event.time());
    assertThat(alert.rule()).isEqualTo(rules.rules().get(0).id());
    assertThat(alert.level()).isEqualTo(Level.MEDIUM);
    assertThat(alert.title()).isEqualTo("one");
    assertThat(alert.description()).isEqualTo("why");
    assertThat(alert.tags()).containsExactly("attack.t1005");
    assertThat(alert.fields())
        .containsOnlyKeys("event", "path", "created")
        .containsEntry("event", "whorl.FileOpen")
        .containsEntry("path", "/x")
        .containsEntry("created", true);
    assertThat(alert.thread()).isEqualTo("http-1");
    assertThat(alert.stack()).containsExactly("a.B.c(A.java:1)", "d.E.f(A.java:2)");
    assertThat(Json.text(alert)).contains("\"whorl.FileOpen\"");
  }

  @Test
  void accept_onARequest_namesTheRequest() {
    stage(any("one"))
        .accept(
            Events.onRequest(
                EventType.FILE_OPEN, new RequestContext("r1", "GET", "/p", "10.0.0.1")));

    assertThat(alerts.get(0).fields())
        .containsEntry("request.id", "r1")
        .containsEntry("request.method", "GET")
        .containsEntry("request.path", "/p")
        .containsEntry("request.remoteAddress", "10.0.0.1");
  }

  @Test
  void accept_hostileSizes_areBounded() {
    List<String> frames = Collections.nCopies(300, "a.B." + "m".repeat(10_000));
    List<String> elements = Collections.nCopies(1_000, "y".repeat(10_000));
    RuleSet rules =
        RuleSet.parse(
            Rules.yaml("dns", "dns_query", "s:\n  host|exists: true\ncondition: s"), "dns.yml");

    stage(rules)
        .accept(
            Events.withStack(
                EventType.DNS_LOOKUP, frames, "host", "x".repeat(1 << 20), "addresses", elements));

    Alert alert = alerts.get(0);
    assertThat(alert.stack()).hasSize(Alerts.MAX_FRAMES);
    assertThat(alert.stack()).allSatisfy(f -> assertThat(f).hasSize(Alerts.MAX_CHARS));
    assertThat((String) alert.fields().get("host")).hasSize(Alerts.MAX_CHARS).endsWith("…");
    assertThat((List<?>) alert.fields().get("addresses")).hasSize(Alerts.MAX_ELEMENTS);
  }

  @Test
  void accept_longTextOfPairs_isNotCutInsideOne() {
    stage(any("one")).accept(Events.open("x" + "\uD83D\uDE00".repeat(2_000)));

    String path = (String) alerts.get(0).fields().get("path");
    assertThat(path).doesNotContainPattern("[\uD800-\uDBFF]…").hasSizeLessThan(2_049);
  }

  @Test
  void accept_noMatch_isSilentAndTakesNoStack() {
    AgentEvent event = Events.onRequest(EventType.FILE_DELETE, null, "path", "/x");

    stage(any("one")).accept(event);

    assertThat(alerts).isEmpty();
    assertThat(event.hasStack()).isFalse();
  }

  @Test
  void accept_flood_alertsTenTimesASecondAndCountsTheRest() {
    RuleConsumer stage = stage(any("one"));
    for (int i = 0; i < 1_000; i++) {
      stage.accept(Events.open("/x" + i));
    }

    assertThat(alerts).hasSize(ArmedRule.MAX_ALERTS_PER_SECOND);
    RuleCount count = stage.counts().get(0);
    assertThat(count.matched()).isEqualTo(1_000);
    assertThat(count.suppressed()).isEqualTo(990);

    long later = Events.NOON + 1_000_000_000L;
    stage.accept(
        AgentEvent.elsewhere(
            EventType.FILE_OPEN,
            2,
            later,
            "t",
            new StackTraceElement[0],
            "/y",
            "read",
            false,
            false));
    assertThat(alerts).hasSize(ArmedRule.MAX_ALERTS_PER_SECOND + 1);
  }

  @Test
  void accept_floodOfOneKindOfTampering_doesNotHideAnother() {
    String tampering = Rules.yaml("one", "tamper", "s:\n  event: Tamper\ncondition: s");
    RuleConsumer stage = stage(RuleSet.parse(tampering, "stage.yml"));
    for (int i = 0; i < 100; i++) {
      stage.accept(Events.event(EventType.TAMPER, "what", "agent-thread-changed"));
    }

    stage.accept(Events.event(EventType.TAMPER, "what", "recording-stopped"));

    assertThat(alerts).hasSize(ArmedRule.MAX_ALERTS_PER_SECOND + 1);
    assertThat(alerts.get(alerts.size() - 1).fields()).containsEntry("what", "recording-stopped");
  }

  @Test
  void accept_manyThreads_countsAll() throws InterruptedException {
    RuleConsumer stage = stage(any("one"));
    CountDownLatch go = new CountDownLatch(1);
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      Thread thread =
          new Thread(
              () -> {
                try {
                  go.await();
                } catch (InterruptedException e) {
                  return;
                }
                for (int i = 0; i < 500; i++) {
                  stage.accept(Events.open("/x"));
                }
              });
      thread.start();
      threads.add(thread);
    }
    go.countDown();
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(stage.counts().get(0).matched()).isEqualTo(2_000);
    assertThat(alerts).hasSize(ArmedRule.MAX_ALERTS_PER_SECOND);
  }

  @Test
  void accept_listenerThatThrows_losesItsAlertOnly() {
    RuleConsumer stage =
        new RuleConsumer(
            any("one", "two"),
            (alert, event) -> {
              if (alert.title().equals("one")) {
                throw new IllegalStateException("full");
              }
              alerts.add(alert);
            },
            CLOCK);

    stage.accept(Events.open("/x"));

    assertThat(alerts).extracting(Alert::title).containsExactly("two");
    assertThat(stage.losses()).containsEntry("rules.alertsLost", 1L);
  }

  @Test
  void replace_isInForceFromTheNextEvent() {
    RuleConsumer stage = stage(RuleSet.none());
    stage.accept(Events.open("/x"));
    stage.replace(any("one"));
    stage.accept(Events.open("/x"));
    stage.replace(any("two"));
    stage.accept(Events.open("/x"));

    assertThat(alerts).extracting(Alert::title).containsExactly("one", "two");
    assertThat(stage.counts()).extracting(RuleCount::title).containsExactly("two");
  }

  private static boolean isRoutine(RuleSet rules, AgentEvent event) {
    new RuleConsumer(rules, (alert, of) -> {}, CLOCK).accept(event);
    return event.isRoutine();
  }

  private static RuleSet on(String detection) {
    return RuleSet.parse(Rules.yaml("one", "http_request", detection), "dull.yml");
  }

  private static AgentEvent answered(Object... namesAndValues) {
    List<Object> all = new ArrayList<>(List.of("method", "GET", "path", "/health"));
    all.addAll(List.of(namesAndValues));
    return Events.onRequest(EventType.HTTP_REQUEST, Events.request("r1"), all.toArray());
  }

  @Test
  void accept_noMatch_isRoutine() {
    assertThat(isRoutine(on("s:\n  path: /admin\ncondition: s"), answered())).isTrue();
    assertThat(isRoutine(on("s:\n  path|re: '^/adm'\ncondition: s"), answered())).isTrue();
    assertThat(isRoutine(on("s:\n  request.id|exists: false\ncondition: s"), answered())).isTrue();
    assertThat(isRoutine(RuleSet.parse("", "none.yml"), answered())).isTrue();
  }

  @Test
  void accept_match_isNotRoutine() {
    assertThat(isRoutine(on("s:\n  path: /health\ncondition: s"), answered())).isFalse();
  }

  @Test
  void accept_ruleThatReadsAVaryingField_isNotRoutine() {
    assertThat(isRoutine(on("s:\n  elapsed|gt: 5\ncondition: s"), answered("elapsed", 4L)))
        .isFalse();
    assertThat(isRoutine(on("s:\n  responseBytes|gt: 9\ncondition: s"), answered())).isFalse();
    assertThat(isRoutine(on("s:\n  thread|startswith: job\ncondition: s"), answered())).isFalse();
    assertThat(isRoutine(on("s:\n  stack|contains: a.B\ncondition: s"), answered())).isFalse();
    assertThat(isRoutine(on("s:\n  request.id: r2\ncondition: s"), answered())).isFalse();
  }

  @Test
  void accept_ruleSelectedByTheThreadsNameAlone_isNotRoutine() {
    assertThat(isRoutine(on("s:\n  thread|contains: nightly-import\ncondition: s"), answered()))
        .isFalse();
    assertThat(isRoutine(on("s:\n  request.id|contains: a-long-id\ncondition: s"), answered()))
        .isFalse();
    assertThat(isRoutine(on("s:\n  - nightly-import\ncondition: s"), answered())).isFalse();
  }

  @Test
  void accept_ruleThatNeedNotReadAVaryingField_isRoutine() {
    String detection = "s:\n  path: /admin\n  stack|contains: a.B\ncondition: s";

    assertThat(isRoutine(on(detection), answered())).isTrue();
  }
}
