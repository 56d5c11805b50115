package whorl.agent.hunt;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import whorl.event.AgentEvent;
import whorl.event.EventType;
import whorl.event.RequestContext;
import whorl.evidence.Id;
import whorl.evidence.channel.AgentMessage.HuntAnswer;
import whorl.evidence.channel.CollectorMessage;
import whorl.evidence.channel.HuntQuestion;

/** Questions and events for tests of hunts. */
final class HuntFixture {
  static final long NOW = TimeUnit.SECONDS.toNanos(1_800_000_000);
  static final RequestContext REQUEST = new RequestContext("r1", "GET", "/invoices", "203.0.113.9");

  private HuntFixture() {}

  static CollectorMessage.Hunt hunt(HuntQuestion question, int windowSeconds, int limit) {
    return new CollectorMessage.Hunt(new Id("hunt-0001"), question, windowSeconds, limit);
  }

  static HuntQuestion rule(String yaml) {
    return new HuntQuestion(yaml, null, null, null, null);
  }

  static HuntQuestion type(@Nullable String name, @Nullable String sha256) {
    return new HuntQuestion(null, new HuntQuestion.OfClass(name, sha256), null, null, null);
  }

  static HuntQuestion connection(
      @Nullable String address, @Nullable String host, @Nullable Integer port) {
    return new HuntQuestion(
        null, null, null, new HuntQuestion.OfConnection(address, host, port), null);
  }

  static HuntQuestion registration(@Nullable String kind, @Nullable String type) {
    return new HuntQuestion(null, null, null, null, new HuntQuestion.OfRegistration(kind, type));
  }

  /** An event so many seconds ago. */
  static AgentEvent event(
      int sequence, int secondsAgo, EventType type, @Nullable Object... values) {
    return AgentEvent.recorded(
        type,
        sequence,
        NOW - TimeUnit.SECONDS.toNanos(secondsAgo),
        "http-1",
        null,
        REQUEST,
        values);
  }

  static HuntAnswer look(HuntKind kind, HuntQuestion question) throws Exception {
    return look(kind, question, 0, 100, HuntLimits.DEFAULT);
  }

  static HuntAnswer look(
      HuntKind kind, HuntQuestion question, int windowSeconds, int limit, HuntLimits limits)
      throws Exception {
    HuntWork work =
        new HuntWork(
            hunt(question, windowSeconds, limit), limits, System::nanoTime, new ProcessorTime());
    kind.look(question, work);
    return work.answer();
  }
}
