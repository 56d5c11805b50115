package whorl.agent.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import jdk.jfr.Event;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Name;
import jdk.jfr.Recording;
import jdk.jfr.RecordingState;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import whorl.agent.redact.Redactor;
import whorl.agent.redact.jfr.MaskedRecording;

/** What a copy of the recording leaves behind. */
class RollingRecordingTest {
  private static final int CHUNKS = 4;

  @TempDir Path folder;

  @AfterEach
  void clearInterruption() {
    Thread.interrupted();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void contents_closedBeforeTheirEnd_keepNoFileOfTheRecording(boolean interrupted)
      throws Exception {
    List<Path> files;
    try (Recording recording = begun()) {
      try (Recording window = RollingRecording.window(recording)) {
        files = chunks();
        InputStream contents = RollingRecording.contents(window);
        contents.read();
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
        contents.close();
        assertThat(Thread.interrupted()).isEqualTo(interrupted);
      }
    }

    assertThat(files).hasSizeGreaterThanOrEqualTo(CHUNKS);
    assertThat(files).noneMatch(Files::exists);
  }

  @Test
  void contents_whoseCopyFails_keepNoFileOfTheRecording() throws Exception {
    MaskedRecording masked = new MaskedRecording(new Redactor(List.of()));
    List<Path> files;
    try (Recording recording = begun()) {
      try (Recording window = RollingRecording.window(recording)) {
        files = chunks();
        assertThatThrownBy(() -> masked.copy(() -> RollingRecording.contents(window), full()))
            .hasMessage("no room");
      }
    }

    assertThat(files).hasSizeGreaterThanOrEqualTo(CHUNKS);
    assertThat(files).noneMatch(Files::exists);
  }

  /** The application's own recording may keep hundreds of megabytes. */
  @Test
  void window_besideARecordingOfTheApplication_isOfTheAgentsAlone() throws Exception {
    try (Recording others = begun();
        Recording own = new Recording()) {
      mark("before");
      own.enable(Mark.class);
      own.start();
      mark("within");

      Path file = folder.resolve("window.jfr");
      try (Recording window = RollingRecording.window(own)) {
        try (InputStream contents = RollingRecording.contents(window)) {
          Files.copy(contents, file);
        }
        assertThat(others.getSize()).isGreaterThan(window.getSize());
      }
      assertThat(RecordingFile.readAllEvents(file))
          .filteredOn(event -> event.getEventType().getName().equals("test.Mark"))
          .extracting(event -> event.getString("text"))
          .containsExactly("within");
      assertThat(own.getState()).isEqualTo(RecordingState.RUNNING);
    }
  }

  @Name("test.Mark")
  static final class Mark extends Event {
    String text = "";
  }

  private static void mark(String text) {
    Mark mark = new Mark();
    mark.text = text;
    mark.commit();
  }

  /** A recording of several chunks: each snapshot begins one. */
  private static Recording begun() {
    Recording recording = new Recording();
    recording.enable("jdk.JVMInformation");
    recording.enable(Mark.class);
    recording.start();
    for (int i = 1; i < CHUNKS; i++) {
      FlightRecorder.getFlightRecorder().takeSnapshot().close();
    }
    return recording;
  }

  /** The files of the recording, without the one that is being written. */
  private static List<Path> chunks() throws IOException {
    try (Stream<Path> files = Files.list(Path.of(System.getProperty("jdk.jfr.repository")))) {
      List<Path> sorted = files.filter(file -> file.toString().endsWith(".jfr")).sorted().toList();
      return sorted.subList(0, sorted.size() - 1);
    }
  }

  private static OutputStream full() {
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        throw new IOException("no room");
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        throw new IOException("no room");
      }
    };
  }
}
