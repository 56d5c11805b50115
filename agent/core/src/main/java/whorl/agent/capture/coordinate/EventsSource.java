package whorl.agent.capture.coordinate;

import java.io.IOException;
import java.util.List;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import whorl.agent.capture.ArtifactOutput;
import whorl.agent.capture.ArtifactSource;
import whorl.agent.capture.CaptureContext;
import whorl.agent.capture.JsonLines;
import whorl.agent.capture.stream.EventJson;
import whorl.event.AgentEvent;
import whorl.evidence.ArtifactName;

/**
 * Captures the in-memory ring in {@code events.ndjson}. It is read when the capture starts and
 * again after the aftermath, so that a flood of events cannot evict what led to the alert, and what
 * followed is included. If no folder is writable, this is the only recording.
 */
public final class EventsSource implements ArtifactSource {
  private static final long MAX_BYTES = 64L << 20;

  private final LongFunction<List<AgentEvent>> ring;
  private volatile @Nullable List<AgentEvent> frozen;

  /**
   * @param ring a snapshot of the events after this sequence number, oldest first
   */
  public EventsSource(LongFunction<List<AgentEvent>> ring) {
    this.ring = ring;
  }

  @Override
  public String kind() {
    return CaptureProcedure.EVENTS;
  }

  @Override
  public Moment moment(CaptureContext context) {
    return Moment.AFTER;
  }

  @Override
  public void freeze() {
    frozen = ring.apply(-1);
  }

  @Override
  public void collect(CaptureContext context, ArtifactOutput out) throws IOException {
    List<AgentEvent> before = frozen;
    long last = -1;
    try (JsonLines lines = new JsonLines(ArtifactName.EVENTS, out, MAX_BYTES)) {
      for (AgentEvent event : before == null ? List.<AgentEvent>of() : before) {
        lines.write(event, EventJson::write);
        last = Math.max(last, event.sequence());
      }
      long atOnce = lines.written();
      for (AgentEvent event : ring.apply(last)) {
        lines.write(event, EventJson::write);
      }
      out.log("events: " + atOnce + " at once, " + (lines.written() - atOnce) + " until the end");
    }
  }

  @Override
  public void forget() {
    frozen = null;
  }
}
