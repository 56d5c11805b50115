package whorl.collector.receive;

import com.fasterxml.jackson.core.JacksonException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.Lines;
import whorl.collector.store.StoredArtifact;
import whorl.evidence.ArtifactName;
import whorl.evidence.EventLine;
import whorl.evidence.Json;

/**
 * Makes {@code recording.jfr} from {@code events.ndjson}, for JVMs that had nowhere to write a
 * recording to, so that their evidence opens in JDK Mission Control like any other. The events are
 * hostile input: whatever is wrong with them costs the derived artifact and nothing else.
 */
final class RecordingDeriver {
  static final String FAILURE = "recording.jfr could not be derived: ";

  private static final long EVENTS_MAX_BYTES = 64 << 20;
  private static final int LINE_MAX_BYTES = 512 << 10;
  private static final int LINES_MAX = 500_000;

  /**
   * Adds the recording where it is wanted and can be made.
   *
   * @return why it could not be made; null where it was, or was not wanted
   */
  @Nullable String derive(Gathering gathering) throws IOException {
    StoredArtifact events = gathering.artifact(ArtifactName.EVENTS);
    Path file = gathering.file(ArtifactName.EVENTS);
    if (events == null
        || file == null
        || gathering.has(ArtifactName.RECORDING)
        || gathering.has(ArtifactName.RECORDING.encrypted())) {
      return null;
    }
    if (events.size() > EVENTS_MAX_BYTES) {
      return FAILURE + "events.ndjson has more than " + EVENTS_MAX_BYTES + " bytes";
    }
    Path recording = gathering.bench().resolve(ArtifactName.RECORDING.value());
    try {
      if (!write(file, recording)) {
        return null;
      }
    } catch (MalformedEventsException e) {
      return FAILURE + e.getMessage();
    }
    gathering.addDerived(ArtifactName.RECORDING, "application/x-jfr", recording);
    return null;
  }

  /** False where there is no event. */
  private static boolean write(Path events, Path recording)
      throws IOException, MalformedEventsException {
    EventShapes shapes = new EventShapes();
    forEach(events, shapes::add);
    if (shapes.isEmpty()) {
      return false;
    }
    try (EventRecording out = new EventRecording(recording, shapes)) {
      forEach(events, out::write);
    } catch (IOException | MalformedEventsException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new MalformedEventsException("the recording's writer refused it (" + e + ")");
    }
    return true;
  }

  private interface LineConsumer {
    void accept(EventLine line) throws MalformedEventsException;
  }

  private static void forEach(Path events, LineConsumer consumer)
      throws IOException, MalformedEventsException {
    try (InputStream in = Files.newInputStream(events);
        Lines lines = new Lines(in, LINE_MAX_BYTES)) {
      for (byte[] line = lines.next(); line != null; line = lines.next()) {
        if (lines.number() > LINES_MAX) {
          throw new MalformedEventsException("events.ndjson has more than " + LINES_MAX + " lines");
        }
        if (lines.cut()) {
          throw malformed(lines, "is longer than " + LINE_MAX_BYTES + " bytes");
        }
        EventLine event = parse(line);
        if (event == null || event.time() == null || event.type() == null) {
          throw malformed(lines, "is no event");
        }
        try {
          consumer.accept(event);
        } catch (MalformedEventsException e) {
          throw malformed(lines, String.valueOf(e.getMessage()));
        }
      }
    }
  }

  private static @Nullable EventLine parse(byte[] line) throws IOException {
    try {
      return Json.LENIENT.readValue(line, EventLine.class);
    } catch (JacksonException e) {
      return null;
    }
  }

  private static MalformedEventsException malformed(Lines lines, String what) {
    return new MalformedEventsException("events.ndjson line " + lines.number() + " " + what);
  }
}
