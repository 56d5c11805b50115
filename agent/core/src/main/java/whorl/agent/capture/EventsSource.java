package whorl.agent.capture;

import java.io.IOException;
import java.util.List;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import whorl.evidence.ArtifactName;
import whorl.evidence.EventLine;

/**
 * The in-memory ring: {@code events.ndjson}. It is taken hold of when the capture starts and once
 * more when the aftermath is over, so that a flood of events cannot push out what led to the alert,
 * and what followed is there too. Where nothing is writable this is all the recording there is.
 */
final class EventsSource implements ArtifactSource {
  private static final long MAX_BYTES = 64L << 20;

  private final LongFunction<Iterable<EventLine>> ring;
  private volatile @Nullable Iterable<EventLine> frozen;

  /**
   * @param ring a snapshot of the events after the one of this sequence, oldest first, each line of
   *     which is only made when the iteration comes to it
   */
  EventsSource(LongFunction<Iterable<EventLine>> ring) {
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
    Iterable<EventLine> before = frozen;
    long last = -1;
    try (JsonLines lines = new JsonLines(ArtifactName.EVENTS, out, MAX_BYTES)) {
      for (EventLine event : before == null ? List.<EventLine>of() : before) {
        lines.write(event);
        last = Math.max(last, event.sequence());
      }
      long atOnce = lines.written();
      for (EventLine event : ring.apply(last)) {
        lines.write(event);
      }
      out.log("events: " + atOnce + " at once, " + (lines.written() - atOnce) + " until the end");
    }
  }

  @Override
  public void forget() {
    frozen = null;
  }
}
