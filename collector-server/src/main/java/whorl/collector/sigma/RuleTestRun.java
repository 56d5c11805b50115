package whorl.collector.sigma;

import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import whorl.collector.analysis.rows.EventRows;
import whorl.collector.detect.RuleTrial;
import whorl.collector.timeline.Timeline;
import whorl.collector.timeline.index.NotIndexedException;
import whorl.event.AgentEvent;
import whorl.evidence.Id;
import whorl.evidence.Text;

/** One test of rules on evidence. Runs on one thread. */
final class RuleTestRun {
  private static final int MATCHES_MAX = 10_000;
  private static final int WHAT_CHARS = 400;

  private final Order order;
  private final Timeline timeline;
  private final InstantSource clock;
  private final Progress progress;
  private final List<RuleTestView.Matched> rows = new ArrayList<>();
  private final List<RuleTestView.Skipped> skipped = new ArrayList<>();
  private long regexBefore;
  private long events;
  private long matches;
  private int read;
  private @Nullable Instant shown;

  /**
   * What is asked.
   *
   * @param evidence what the person may read
   * @param omitted pieces that are left out, because there are too many
   * @param limit of the rows
   * @param until when it stops
   */
  record Order(
      Id id,
      TestedRule rule,
      String by,
      Instant requestedAt,
      List<Id> evidence,
      int omitted,
      int limit,
      Instant until) {}

  /** Keeps how far a test is. */
  @FunctionalInterface
  interface Progress {
    void now(RuleTestView view) throws IOException;
  }

  RuleTestRun(Order order, Timeline timeline, InstantSource clock, Progress progress) {
    this.order = order;
    this.timeline = timeline;
    this.clock = clock;
    this.progress = progress;
  }

  /** The time is over. */
  private static final class TooLongException extends IOException {
    private static final long serialVersionUID = 1L;
  }

  /** The test as it begins. */
  RuleTestView begun() {
    return view(RuleTestView.RUNNING, null, null);
  }

  /** Reads the evidence piece by piece, and returns the result. */
  RuleTestView run() throws IOException {
    regexBefore = order.rule().regexGivenUp();
    try {
      for (Id each : order.evidence()) {
        read(each);
        read++;
        show(true);
      }
    } catch (TooLongException e) {
      return view(
          RuleTestView.DONE,
          clock.instant(),
          "it took too long and stopped; what is counted is complete up to there");
    }
    return view(RuleTestView.DONE, clock.instant(), null);
  }

  /** The result of a test that failed. */
  RuleTestView failed(String why) {
    return view(RuleTestView.FAILED, clock.instant(), why);
  }

  private void read(Id evidence) throws IOException {
    RuleTrial trial =
        new RuleTrial(order.rule().set(), order.rule().reported(), order.limit(), MATCHES_MAX);
    try {
      EventRows.read(
          timeline,
          evidence,
          order.rule().types(),
          order.rule().withStacks(),
          (row, event) -> {
            trial.accept(event);
            events++;
            look(); // after each: many expressions may take seconds for one event
          });
      trial.correlate();
    } catch (NotIndexedException e) {
      skipped.add(new RuleTestView.Skipped(evidence, "it has no timeline (yet)"));
      return;
    } finally {
      add(evidence, trial);
    }
  }

  private void look() throws IOException {
    if (clock.instant().isAfter(order.until())) {
      throw new TooLongException();
    }
    show(false);
  }

  private void show(boolean now) throws IOException {
    Instant time = clock.instant();
    Instant last = shown;
    if (now || last == null || time.isAfter(last.plusMillis(500))) {
      shown = time;
      progress.now(view(RuleTestView.RUNNING, null, null));
    }
  }

  private void add(Id evidence, RuleTrial trial) {
    for (long count : trial.counts().values()) {
      matches += count;
    }
    for (RuleTrial.Firing firing : trial.firings()) {
      if (rows.size() < order.limit()) {
        rows.add(matched(evidence, firing));
      }
    }
  }

  private static RuleTestView.Matched matched(Id evidence, RuleTrial.Firing firing) {
    AgentEvent event = firing.event();
    return new RuleTestView.Matched(
        evidence,
        evidence + ":" + event.sequence(),
        event.time(),
        firing.rule().id(),
        firing.rule().title(),
        firing.rule().level(),
        event.type().jfrName(),
        what(event),
        event.thread(),
        firing.basedOn().isEmpty() ? null : firing.basedOn().size());
  }

  private static String what(AgentEvent event) {
    String text =
        event.toLine().fields().entrySet().stream()
            .map(field -> field.getKey() + "=" + field.getValue())
            .collect(Collectors.joining(" "));
    return Text.atMost(text, WHAT_CHARS);
  }

  private RuleTestView view(String state, @Nullable Instant ended, @Nullable String problem) {
    return new RuleTestView(
        order.id(),
        order.rule().title(),
        order.by(),
        order.requestedAt(),
        ended,
        state,
        order.evidence().size(),
        read,
        order.omitted(),
        events,
        matches,
        order.rule().regexGivenUp() - regexBefore,
        rows,
        skipped,
        problem);
  }
}
