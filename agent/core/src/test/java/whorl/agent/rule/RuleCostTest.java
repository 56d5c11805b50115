package whorl.agent.rule;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import whorl.event.AgentEvent;
import whorl.event.EventType;
import whorl.evidence.Alert;
import whorl.rules.Events;
import whorl.rules.Rules;
import whorl.rules.engine.RuleSet;

/**
 * The processor time that an ordinary file open costs its thread. A bound for a noisy machine, not
 * a benchmark: the best of several rounds counts.
 */
class RuleCostTest {
  private static final int ROUNDS = 8;
  private static final int EVENTS = 20_000;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private static long nanosPerEvent(RuleSet rules) {
    return nanosPerEvent(
        rules,
        Events.onRequest(
            EventType.FILE_OPEN,
            null,
            "path",
            "/usr/share/shop/templates/catalogue/item-4711.html",
            "access",
            "read",
            "created",
            false,
            "failed",
            false));
  }

  private static long nanosPerEvent(RuleSet rules, AgentEvent... events) {
    RuleConsumer stage = new RuleConsumer(rules, RuleCostTest::unexpected, InstantSource.system());
    long best = Long.MAX_VALUE;
    for (int round = 0; round < ROUNDS; round++) {
      long start = THREADS.getCurrentThreadCpuTime();
      for (int i = 0; i < EVENTS; i++) {
        stage.accept(events[i % events.length]);
      }
      best = Math.min(best, (THREADS.getCurrentThreadCpuTime() - start) / EVENTS);
    }
    for (AgentEvent event : events) {
      assertThat(event.hasStack()).isFalse();
    }
    return best;
  }

  private static void unexpected(Alert alert, AgentEvent event) {
    throw new AssertionError(alert.title());
  }

  @Test
  void hundredRules_costWellBelowTwentyMicroseconds() {
    StringBuilder yaml = new StringBuilder();
    for (int i = 0; i < 100; i++) {
      yaml.append("---\n")
          .append(
              Rules.yaml(
                  "rule " + i,
                  "file_event",
                  """
                  selection:
                    event: FileOpen
                    path|contains:
                      - '/secret%d/'
                      - '/private%d/'
                    path|endswith: '.key%d'
                  names:
                    path|startswith: ['/etc/conf%d', '/root/%d']
                  filter:
                    stack|contains: 'com.example.Loader%d'
                  condition: (selection or names) and not filter
                  """
                      .formatted(i, i, i, i, i, i)));
    }
    RuleSet rules = RuleSet.parse(yaml.toString(), "hundred.yml");
    assertThat(rules.rules()).hasSize(100);

    long nanos = nanosPerEvent(rules);

    System.out.println("100 rules, one file opened: " + nanos + " ns");
    assertThat(nanos).isLessThan(20_000);
  }

  @Test
  void builtInPack_costsWellBelowFiveMicroseconds() {
    long nanos = nanosPerEvent(RuleSet.load(List.of(), Set.of(), true));

    System.out.println("built-in rules, one file opened: " + nanos + " ns");
    assertThat(nanos).isLessThan(5_000);
  }

  @Test
  void hundredRulesOfOthers_costMicrosecondsForALineAndForARequest() {
    StringBuilder console = new StringBuilder();
    StringBuilder web = new StringBuilder();
    for (int i = 0; i < 100; i++) {
      console.append(
          """
          ---
          title: line %d
          logsource: {product: jvm, category: application}
          detection:
            k: ['org.example.Bad%dException', 'cannot load %d', 'refused by %d']
            condition: k
          """
              .formatted(i, i, i, i));
      web.append(
          """
          ---
          title: page %d
          logsource: {category: webserver}
          detection:
            s:
              cs-method: GET
              cs-uri-query|contains: ['/shell%d.jsp', 'exec%d=', '/admin%d/']
            k: ['drop table t%d', '/.secret%d']
            f: {sc-status: 404}
            condition: (s or k) and not f
          """
              .formatted(i, i, i, i, i, i));
    }
    AgentEvent[] lines = new AgentEvent[1_000];
    AgentEvent[] requests = new AgentEvent[lines.length];
    for (int i = 0; i < lines.length; i++) {
      lines[i] =
          Events.onRequest(
              EventType.CONSOLE,
              null,
              "stream",
              "out",
              "line",
              "12:00:00.123 INFO [http-8080-" + i + "] c.s.Orders : order " + i + " was packed");
      requests[i] =
          Events.onRequest(
              EventType.HTTP_REQUEST,
              null,
              "method",
              "GET",
              "path",
              "/api/orders/" + i,
              "query",
              "page=" + i + "&size=20&sort=name",
              "status",
              200,
              "userAgent",
              "Mozilla/5.0 (X11; Linux x86_64) Browser/140.0");
    }

    long nanosPerLine = nanosPerEvent(RuleSet.parse(console.toString(), "console.yml"), lines);
    long nanosPerRequest = nanosPerEvent(RuleSet.parse(web.toString(), "web.yml"), requests);

    System.out.println("100 rules, one line printed: " + nanosPerLine + " ns");
    System.out.println("100 rules, one request answered: " + nanosPerRequest + " ns");
    assertThat(nanosPerLine).isLessThan(10_000);
    assertThat(nanosPerRequest).isLessThan(20_000);
  }
}
