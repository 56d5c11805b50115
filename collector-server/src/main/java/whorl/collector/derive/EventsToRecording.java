package whorl.collector.derive;

import com.fasterxml.jackson.core.JacksonException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.disk.Lines;
import whorl.evidence.EventLine;
import whorl.evidence.Json;

/**
 * Writes the events of {@code events.ndjson} as a recording. Runs in a confined JVM, because events
 * are hostile input: a failure costs only the recording.
 *
 * <p>Standard output has one line: {@link #WRITTEN}; {@link #EMPTY} if there is no event; or {@link
 * #MALFORMED} and the reason.
 */
public final class EventsToRecording {
  static final String WRITTEN = "written";
  static final String EMPTY = "empty";
  static final String MALFORMED = "malformed ";

  private static final int LINE_MAX_BYTES = 512 << 10;
  private static final int LINES_MAX = 500_000;

  private EventsToRecording() {}

  /**
   * @param args the path of the events, and the path of the recording
   */
  public static void main(String[] args) throws IOException {
    System.out.println(outcome(Path.of(args[0]), Path.of(args[1])));
  }

  static String outcome(Path events, Path recording) throws IOException {
    try {
      return write(events, recording) ? WRITTEN : EMPTY;
    } catch (MalformedEventsException e) {
      return MALFORMED + e.getMessage();
    }
  }

  /** Returns false if there is no event. */
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

  private static MalformedEventsException malformed(Lines lines, String problem) {
    return new MalformedEventsException("events.ndjson line " + lines.number() + " " + problem);
  }
}
