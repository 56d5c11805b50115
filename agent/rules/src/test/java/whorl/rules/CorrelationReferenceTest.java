package whorl.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import whorl.event.AgentEvent;
import whorl.event.EventType;
import whorl.rules.correlate.CorrelationSpec.Kind;
import whorl.rules.engine.Correlator;
import whorl.rules.engine.RuleSet;
import whorl.rules.match.Rule;

/**
 * Compares the correlator with a naive reference that keeps everything and tries every timespan,
 * over random streams of events.
 */
class CorrelationReferenceTest {
  private static final int STREAMS = 400;
  private static final long SEED = 20261124;
  private static final long SPAN_MILLIS = 5_000;

  private record Seen(int rule, long millis, String group, String value, AgentEvent event) {}

  private static RuleSet rules(Kind kind, int least) {
    String bases = "";
    String names = "";
    for (int i = 0; i < 3; i++) {
      bases += Rules.base("r" + i, "file_event", "access: a" + i);
      names += (i == 0 ? "" : ", ") + "r" + i;
    }
    String count =
        switch (kind) {
          case EVENT_COUNT -> "\ncondition: {gte: " + least + "}";
          case VALUE_COUNT -> "\ncondition: {gte: " + least + ", field: path}";
          default -> "";
        };
    RuleSet rules =
        RuleSet.parse(
            bases
                + Rules.correlation(
                    "type: "
                        + kind.word()
                        + "\nrules: ["
                        + names
                        + "]\ngroup-by: [request.id]\ntimespan: "
                        + SPAN_MILLIS / 1_000
                        + "s"
                        + count),
            "test.yml");
    assertThat(rules.problems()).isEmpty();
    return rules;
  }

  private static List<Seen> stream(Random random) {
    List<Seen> stream = new ArrayList<>();
    long millis = 0;
    int events = 5 + random.nextInt(40);
    for (int i = 0; i < events; i++) {
      millis += random.nextInt(4) == 0 ? random.nextInt(6_000) : random.nextInt(900);
      int rule = random.nextInt(3);
      String group = "g" + random.nextInt(2);
      String value = "v" + random.nextInt(5);
      AgentEvent event =
          Events.at(
              i,
              millis,
              EventType.FILE_OPEN,
              Events.request(group),
              "path",
              value,
              "access",
              "a" + rule);
      stream.add(new Seen(rule, millis, group, value, event));
    }
    return stream;
  }

  /** The events at which the correlator fires. */
  private static List<AgentEvent> fired(RuleSet rules, List<Seen> stream) {
    Correlator correlator = new Correlator(rules);
    List<AgentEvent> fired = new ArrayList<>();
    for (Seen seen : stream) {
      for (Rule rule : rules.matching(seen.event)) {
        if (!correlator.matched(rule.head(), seen.event).isEmpty()) {
          fired.add(seen.event);
        }
      }
    }
    return fired;
  }

  /** The same events, found by trying every subset of the earlier events for each event. */
  private static List<AgentEvent> expected(Kind kind, int least, List<Seen> stream) {
    List<AgentEvent> fired = new ArrayList<>();
    List<Seen> unused = new ArrayList<>();
    for (Seen seen : stream) {
      unused.add(seen);
      List<Seen> group =
          new ArrayList<>(unused.stream().filter(one -> one.group.equals(seen.group)).toList());
      group.sort(Comparator.comparingLong(Seen::millis));
      if (isTrue(kind, least, group)) {
        fired.add(seen.event);
        unused.removeAll(group);
      }
    }
    return fired;
  }

  private static boolean isTrue(Kind kind, int least, List<Seen> group) {
    for (int from = 0; from < group.size(); from++) {
      long start = group.get(from).millis;
      List<Seen> within =
          group.subList(from, group.size()).stream()
              .filter(seen -> seen.millis - start <= SPAN_MILLIS)
              .toList();
      boolean holds =
          switch (kind) {
            case EVENT_COUNT -> within.size() >= least;
            case VALUE_COUNT -> within.stream().map(Seen::value).distinct().count() >= least;
            case TEMPORAL -> new HashSet<>(within.stream().map(Seen::rule).toList()).size() == 3;
            case TEMPORAL_ORDERED -> inOrder(within);
          };
      if (holds) {
        return true;
      }
    }
    return false;
  }

  private static boolean inOrder(List<Seen> within) {
    int next = 0;
    for (Seen seen : within) {
      if (seen.rule == next && ++next == 3) {
        return true;
      }
    }
    return false;
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void firings_equalTheReference(Kind kind) {
    Random random = new Random(SEED);
    Set<Integer> counts = new HashSet<>();
    for (int i = 0; i < STREAMS; i++) {
      int least = 2 + random.nextInt(4);
      List<Seen> stream = stream(random);
      List<AgentEvent> expected = expected(kind, least, stream);
      counts.add(expected.size());

      assertThat(fired(rules(kind, least), stream)).as("stream " + i).isEqualTo(expected);
    }
    assertThat(counts).as("streams with and without alerts").contains(0, 1, 2);
  }

  /** If events are late by less than a second, the first alert is found all the same. */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void firings_outOfOrder_areNotMissed(Kind kind) {
    Random random = new Random(SEED);
    int alerts = 0;
    for (int i = 0; i < STREAMS; i++) {
      int least = 2 + random.nextInt(4);
      List<Seen> stream = stream(random);
      List<Seen> shuffled = new ArrayList<>(stream);
      List<Long> arrivals = new ArrayList<>();
      stream.forEach(seen -> arrivals.add(seen.millis + random.nextInt(1_000)));
      shuffled.sort(Comparator.comparingLong(seen -> arrivals.get(stream.indexOf(seen))));
      boolean expected = !expected(kind, least, shuffled).isEmpty();
      alerts += expected ? 1 : 0;

      assertThat(!fired(rules(kind, least), shuffled).isEmpty())
          .as("stream " + i)
          .isEqualTo(expected);
    }
    assertThat(alerts).isBetween(20, STREAMS - 20);
  }
}
