package whorl.agent.capture.stream;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import whorl.agent.capture.ArtifactOutput;
import whorl.agent.capture.ArtifactSource;
import whorl.agent.capture.CaptureContext;
import whorl.agent.recording.RecordingWindow;
import whorl.evidence.ArtifactName;
import whorl.evidence.channel.ArtifactKind;

/** Captures the recording, from before the alert until now, in {@code recording.jfr}. */
public final class RecordingSource implements ArtifactSource {
  // A dump right after a storm of events took up to 13.7 s.
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  private final RecordingWindow window;

  public RecordingSource(RecordingWindow window) {
    this.window = window;
  }

  @Override
  public String kind() {
    return ArtifactKind.RECORDING;
  }

  @Override
  public Moment moment(CaptureContext context) {
    return Moment.AFTER;
  }

  @Override
  public Duration deadline() {
    return DEADLINE;
  }

  @Override
  public void collect(CaptureContext context, ArtifactOutput out) throws IOException {
    if (!window.running()) {
      out.missing(ArtifactName.RECORDING.value(), window.whyNot());
      return;
    }
    try (OutputStream stream = out.create(ArtifactName.RECORDING, "application/x-jfr")) {
      out.log("recording.jfr by JFR's own API: " + window.copyTo(stream).describe());
    }
  }
}
