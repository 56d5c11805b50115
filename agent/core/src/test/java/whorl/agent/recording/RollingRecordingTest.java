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
import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import whorl.agent.redact.Redactor;
import whorl.agent.redact.jfr.MaskedRecording;

/** What a copy of the recording leaves behind. */
class RollingRecordingTest {
  private static final int CHUNKS = 4;

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
      try (Recording snapshot = FlightRecorder.getFlightRecorder().takeSnapshot()) {
        files = chunks();
        InputStream contents = RollingRecording.contents(snapshot);
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
      try (Recording snapshot = FlightRecorder.getFlightRecorder().takeSnapshot()) {
        files = chunks();
        assertThatThrownBy(() -> masked.copy(() -> RollingRecording.contents(snapshot), full()))
            .hasMessage("no room");
      }
    }

    assertThat(files).hasSizeGreaterThanOrEqualTo(CHUNKS);
    assertThat(files).noneMatch(Files::exists);
  }

  /** A recording of several chunks: each snapshot begins one. */
  private static Recording begun() {
    Recording recording = new Recording();
    recording.enable("jdk.JVMInformation");
    recording.start();
    for (int i = 1; i < CHUNKS; i++) {
      FlightRecorder.getFlightRecorder().takeSnapshot().close();
    }
    return recording;
  }

  /** The files of the recording, without the one that is being written. */
  private static List<Path> chunks() throws IOException {
    try (Stream<Path> files = Files.list(Path.of(System.getProperty("jdk.jfr.repository")))) {
      List<Path> sorted =
          files.filter(file -> file.toString().endsWith(".jfr")).sorted().toList();
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
