package whorl.collector.derive;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import jdk.jfr.consumer.RecordingFile;

/**
 * Any events become a recording that the JDK reads, with as many events, or are reported as
 * malformed.
 */
class EventsToRecordingFuzzTest {
  @FuzzTest
  void anyEvents_areARecordingOrMalformed(byte[] input) throws IOException {
    Path events = Files.createTempFile("events", ".ndjson");
    Path recording = Files.createTempFile("events", ".jfr");
    try {
      Files.write(events, input);
      String outcome = EventsToRecording.outcome(events, recording);
      if (outcome.equals(EventsToRecording.WRITTEN)) {
        long lines = lines(input);
        assertThat(RecordingFile.readAllEvents(recording)).hasSize(Math.toIntExact(lines));
      } else if (!outcome.equals(EventsToRecording.EMPTY)) {
        assertThat(outcome).startsWith(EventsToRecording.MALFORMED + "events.ndjson");
      }
    } finally {
      Files.delete(events);
      Files.delete(recording);
    }
  }

  private static long lines(byte[] input) {
    long lines = 0;
    boolean within = false;
    for (byte each : input) {
      lines += within && each == '\n' ? 1 : 0;
      within = each != '\n';
    }
    return within ? lines + 1 : lines;
  }
}
