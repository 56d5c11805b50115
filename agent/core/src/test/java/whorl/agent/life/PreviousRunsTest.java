package whorl.agent.life;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SimpleTimeZone;
import java.util.TimeZone;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.agent.capture.Captures;
import whorl.agent.capture.RecordedOutput;
import whorl.agent.redact.Redactor;
import whorl.evidence.Alert;

class PreviousRunsTest {
  private static final String WORKLOAD = "shop";
  private static final String CAUSE = "SIGSEGV (0xb) at pc=0x1";
  private static final long PID = 77;
  private static final int CHUNK_BYTES = 200;
  private static final long HUGE_BYTES = 4L << 30;

  @TempDir Path folder;

  private final List<Alert> alerts = new ArrayList<>();

  @Test
  void begin_errorLogOfHotSpot_alertsWithItsHeadAndCapturesIt() throws Exception {
    RecordedOutput captured = begun("# " + CAUSE + "\n#\njvm_args: -Dpassword=x1\nend", 0);

    assertThat(alerts.get(0).title()).endsWith("crashed: " + CAUSE);
    assertThat(captured.text(RemainsSource.ERROR_LOG))
        .isEqualTo("# " + CAUSE + "\n#\njvm_args: -Dpassword=***\nend\n");
    assertThat(captured.log).noneMatch(line -> line.endsWith(", cut"));
  }

  /** Code of the JVM before, or a client who uploads a file, may have written it. */
  @Test
  void begin_errorLogWithoutLineEnds_capturesItsBeginning() throws Exception {
    RecordedOutput captured = begun("# " + CAUSE + "\n", HUGE_BYTES);

    assertThat(alerts.get(0).fields()).containsEntry("head", CAUSE);
    assertThat(captured.text(RemainsSource.ERROR_LOG)).isEqualTo("# " + CAUSE + "\n***\n");
    assertThat(captured.log).anyMatch(line -> line.endsWith(", cut"));
  }

  /** Its header says that there is metadata, and there is none. */
  @Test
  void begin_recordingThatCannotBeRead_saysSo() throws Exception {
    ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES).putInt(0x464c5200).putInt(0x00020001);
    chunk.putLong(CHUNK_BYTES).putLong(0).putLong(CHUNK_BYTES / 2).put(67, (byte) 1);
    Files.write(folder.resolve("2026_01_02_03_04_05.jfr"), chunk.array());

    RecordedOutput captured = begun("# " + CAUSE + "\n", 0);

    assertThat(captured.missing.get(RemainsSource.RECORDING.value()))
        .isEqualTo("nothing can be read of the chunks left in " + folder);
    assertThat(captured.log).anyMatch(line -> line.contains(CHUNK_BYTES + " left out that cannot"));
  }

  /** The JDK writes the date of the marker by it. */
  @Test
  void begin_timeZoneOfTheApplicationFails_alertsNevertheless() throws Exception {
    RunRecord run = new RunRecord(WORKLOAD, PID, Instant.now(), folder, folder, null, folder);
    try (OutputStream out = Files.newOutputStream(folder.resolve("whorl-life-a.properties"))) {
      run.toProperties().store(out, null);
    }
    PreviousRuns runs = runs();
    TimeZone before = TimeZone.getDefault();
    TimeZone.setDefault(new FailingZone());
    try {
      runs.begin(alerts::add);
    } finally {
      TimeZone.setDefault(before);
      runs.end();
    }

    assertThat(alerts).hasSize(1);
    assertThat(folder.toFile().list()).isEmpty();
  }

  private static final class FailingZone extends SimpleTimeZone {
    private static final long serialVersionUID = 1L;

    FailingZone() {
      super(0, "failing");
    }

    @Override
    public int getOffset(long date) {
      throw new AssertionError("of the application");
    }

    @Override
    public Object clone() {
      return this;
    }

    @Override
    public String getDisplayName(boolean daylight, int style, Locale locale) {
      throw new AssertionError("of the application");
    }
  }

  /**
   * A JVM has crashed, and the next one reports it.
   *
   * @param bytes how long the error log becomes, filled with zeros; 0 for no longer than its text
   */
  private RecordedOutput begun(String errorLog, long bytes)
      throws IOException, InterruptedException {
    RunRecord run = new RunRecord(WORKLOAD, PID, Instant.now(), folder, folder, null, folder);
    try (OutputStream out = Files.newOutputStream(folder.resolve("whorl-life-a.properties"))) {
      run.toProperties().store(out, null);
    }
    Path log = folder.resolve("hs_err_pid" + PID + ".log");
    Files.writeString(log, errorLog);
    if (bytes > 0) {
      try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "rw")) {
        file.setLength(bytes);
      }
    }
    PreviousRuns runs = runs();
    RecordedOutput captured = new RecordedOutput();
    try {
      runs.begin(alerts::add);
      assertThat(alerts).hasSize(1);
      runs.source().collect(Captures.context(alerts.get(0)), captured);
    } finally {
      runs.end();
    }
    return captured;
  }

  private PreviousRuns runs() {
    return new PreviousRuns(
        List.of(folder), "b", WORKLOAD, null, new Redactor(List.of()), InstantSource.system());
  }
}
