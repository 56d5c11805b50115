package whorl.agent.hunt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static whorl.agent.hunt.HuntFixture.NOW;
import static whorl.agent.hunt.HuntFixture.event;
import static whorl.agent.hunt.HuntFixture.look;
import static whorl.agent.hunt.HuntFixture.rule;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import whorl.event.AgentEvent;
import whorl.event.EventType;
import whorl.evidence.channel.AgentMessage.HuntAnswer;
import whorl.evidence.channel.HuntRow;
import whorl.rules.engine.RuleSet;

class RuleHuntTest {
  private static final String CURL =
      """
      title: Curl
      id: 11111111-2222-3333-4444-555555555555
      logsource: {product: jvm, category: process_creation}
      detection: {a: {command|contains: curl}, condition: a}
      """;
  private static final String EVERY_FILE =
      """
      title: Every file
      logsource: {product: jvm, category: file_event}
      detection: {a: {path|contains: '/'}, condition: a}
      """;

  private final List<AgentEvent> events = new ArrayList<>();
  private final RuleHunt hunt =
      new RuleHunt(
          () -> events,
          () -> RuleSet.parse(CURL.replace("Curl", "Curl of the agent"), "x"),
          () -> NOW,
          text -> text.replace("hunter2", "***"));

  private void file(int sequence, int secondsAgo) {
    events.add(event(sequence, secondsAgo, EventType.FILE_OPEN, "/tmp/" + sequence, "read"));
  }

  @Test
  void text_matchesEventsOfTheRing_theNewestFirst() throws Exception {
    events.add(event(1, 90, EventType.PROCESS_START, "curl http://evil/1", "/", 7L));
    events.add(event(2, 60, EventType.PROCESS_START, "ls", "/", 8L));
    events.add(event(3, 30, EventType.PROCESS_START, "curl http://evil/2", "/", 9L));

    HuntAnswer answer = look(hunt, rule(CURL));

    assertThat(answer.rows())
        .extracting(row -> row.fields().get("command"))
        .containsExactly("curl http://evil/2", "curl http://evil/1");
    HuntRow row = answer.rows().get(0);
    assertThat(row.what()).isEqualTo("Curl");
    assertThat(row.thread()).isEqualTo("http-1");
    assertThat(row.request()).isEqualTo("r1");
    assertThat(row.fields()).containsEntry("request.path", "/invoices");
    assertThat(row.last())
        .isEqualTo(Instant.ofEpochSecond(TimeUnit.NANOSECONDS.toSeconds(NOW) - 30));
    assertThat(answer.cut()).isNull();
    assertThat(answer.examined()).isEqualTo(3);
  }

  @Test
  void ruleOfSigmaHq_matchesByItsOwnNames_andTheAnswerSaysWhatItCannotSee() throws Exception {
    events.add(event(1, 60, EventType.PROCESS_START, "ls", "/", 8L));
    events.add(event(2, 30, EventType.PROCESS_START, "sh -c id", "/", 9L));

    HuntAnswer answer =
        look(
            hunt,
            rule(
                """
                title: Shell or root
                logsource: {product: linux, category: process_creation}
                detection:
                  shell: {Image|endswith: /sh}
                  root: {User: root}
                  condition: 1 of them
                """));

    assertThat(answer.rows())
        .extracting(row -> row.fields().get("command"))
        .containsExactly("sh -c id");
    assertThat(answer.notes()).anySatisfy(note -> assertThat(note).contains("User"));
  }

  @Test
  void secret_isNotFoundOutByRulesThatMatchOnlyIt() throws Exception {
    events.add(event(1, 60, EventType.PROCESS_START, "curl -u me:hunter2 http://a", "/", 8L));

    assertThat(look(hunt, rule(CURL)).rows()).hasSize(1);
    for (String guess : List.of("hunter2", "me:h", "hunt", "2 http")) {
      HuntAnswer answer = look(hunt, rule(CURL.replace(": curl}", ": '" + guess + "'}")));
      assertThat(answer.matched()).as(guess).isZero();
      assertThat(answer.rows()).as(guess).isEmpty();
    }
  }

  /** What matches unless the secret is there would say as much as what matches it. */
  @Test
  void secret_isNotFoundOutByRulesThatExceptIt() throws Exception {
    events.add(event(1, 60, EventType.PROCESS_START, "curl -u me:hunter2 http://a", "/", 8L));
    events.add(event(2, 30, EventType.PROCESS_START, "curl -u me:hunter2 http://b", "/", 9L));

    for (String guess : List.of("hunter2", "me:h", "me:x", "nothing of it")) {
      String except =
          CURL.replace(
              "condition: a}", "b: {command|contains: '" + guess + "'}, condition: a and not b}");
      assertThat(look(hunt, rule(except)).rows()).as(guess).hasSize(2);
    }
  }

  @Test
  void window_leavesOlderEventsOut_andTheAnswerSaysWhatItCovers() throws Exception {
    events.add(event(1, 90, EventType.PROCESS_START, "curl a", "/", 7L));
    events.add(event(2, 30, EventType.PROCESS_START, "curl b", "/", 9L));

    HuntAnswer answer = look(hunt, rule(CURL), 60, 100, HuntLimits.DEFAULT);

    assertThat(answer.matched()).isEqualTo(1);
    assertThat(answer.from())
        .isEqualTo(Instant.ofEpochSecond(TimeUnit.NANOSECONDS.toSeconds(NOW) - 60));
    assertThat(answer.notes()).isEmpty();

    HuntAnswer longer = look(hunt, rule(CURL), 600, 100, HuntLimits.DEFAULT);
    assertThat(longer.from())
        .as("the oldest event of the ring that such events are in")
        .isEqualTo(Instant.ofEpochSecond(TimeUnit.NANOSECONDS.toSeconds(NOW) - 90));
    assertThat(longer.notes()).singleElement().asString().contains("no longer held");
  }

  @Test
  void commonEvents_coverLessThanSignificantOnes() throws Exception {
    events.add(event(1, 900, EventType.PROCESS_START, "ls", "/", 7L));
    file(2, 5);

    assertThat(look(hunt, rule(EVERY_FILE)).from())
        .isEqualTo(Instant.ofEpochSecond(TimeUnit.NANOSECONDS.toSeconds(NOW) - 5));
  }

  @Test
  void ruleThatMatchesEverything_isCutAtTheLimit_andCountsTheRest() throws Exception {
    for (int i = 0; i < 5_000; i++) {
      file(i, 5_000 - i);
    }

    HuntAnswer answer = look(hunt, rule(EVERY_FILE));

    assertThat(answer.rows()).hasSize(100);
    assertThat(answer.rows().get(0).fields()).containsEntry("path", "/tmp/4999");
    assertThat(answer.matched()).isEqualTo(5_000);
    assertThat(answer.cut()).isEqualTo("more than 100 rows match");
  }

  @Test
  void longRows_areCutInBytes() throws Exception {
    for (int i = 0; i < 100; i++) {
      events.add(event(i, 100, EventType.FILE_OPEN, "/" + "ä".repeat(5_000), "read"));
    }

    HuntAnswer answer = look(hunt, rule(EVERY_FILE));

    assertThat(answer.rows()).hasSizeBetween(10, 60);
    assertThat(answer.rows().get(0).fields().get("path").toString()).hasSize(1_024).endsWith("…");
    assertThat(answer.cut()).contains("256 KiB");
  }

  @Test
  void processorTime_isLimited() throws Exception {
    for (int i = 0; i < 100_000; i++) {
      file(i, 100);
    }
    HuntLimits limits = new HuntLimits(TimeUnit.MILLISECONDS.toNanos(10), 30_000_000_000L, 1 << 18);

    HuntAnswer answer =
        look(
            hunt,
            rule(EVERY_FILE.replace("contains", "re").replace("'/'", "'([a-z/]+)+[0-9]x'")),
            0,
            100,
            limits);

    assertThat(answer.cut()).contains("of processor time");
    assertThat(answer.examined()).isLessThan(100_000);
  }

  /** A rule with thousands of expressions may take seconds for each event. */
  @Test
  void processorTime_isLimited_whereFewEventsTakeMuch() throws Exception {
    for (int i = 0; i < 10; i++) {
      file(i, 100);
    }
    long[] nanos = {0};
    HuntWork work =
        new HuntWork(
            HuntFixture.hunt(rule(EVERY_FILE), 0, 100),
            HuntLimits.DEFAULT,
            () -> nanos[0] += TimeUnit.SECONDS.toNanos(1),
            () -> nanos[0]);

    hunt.look(rule(EVERY_FILE), work);

    assertThat(work.answer().cut()).contains("of processor time");
    assertThat(work.answer().examined()).isLessThan(5);
  }

  @Test
  void id_takesTheRuleOfTheAgent() throws Exception {
    events.add(event(1, 9, EventType.PROCESS_START, "curl a", "/", 7L));

    HuntAnswer answer = look(hunt, rule("11111111-2222-3333-4444-555555555555"));

    assertThat(answer.rows()).extracting(HuntRow::what).containsExactly("Curl of the agent");
    assertThatThrownBy(() -> look(hunt, rule("no-such-rule")))
        .isInstanceOf(HuntRefusedException.class)
        .hasMessageContaining("no rule with the id no-such-rule");
  }

  @Test
  void textWithoutARule_isRefusedWithTheReason() {
    assertThatThrownBy(() -> look(hunt, rule("title: [")))
        .isInstanceOf(HuntRefusedException.class)
        .hasMessageContaining("not YAML");
  }

  @Test
  void correlation_isEvaluatedOverTheEvents() throws Exception {
    for (int i = 0; i < 3; i++) {
      events.add(event(i, 30 - i, EventType.PROCESS_START, "curl " + i, "/", 7L));
    }
    String yaml =
        CURL.replace("title: Curl", "title: Curl\nname: curl")
            + """
            ---
            title: Many
            correlation: {type: event_count, rules: [curl], timespan: 1m, condition: {gte: 3}}
            """;

    HuntAnswer answer = look(hunt, rule(yaml));

    assertThat(answer.rows()).extracting(HuntRow::what).containsExactly("Many");
    assertThat(answer.rows().get(0).fields()).containsEntry("correlation.count", 3L);
    assertThat(RuleSet.load(List.of(), Set.of(), false).rules()).isEmpty();
  }
}
