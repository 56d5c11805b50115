package whorl.agent.recording;

import java.io.IOException;
import java.io.OutputStream;
import whorl.agent.redact.jfr.MaskedRecording;

/** The recording, for captures. */
public interface RecordingWindow {
  /** True if a recording runs; if not, {@link #whyNot} returns the reason. */
  boolean running();

  /** Returns a sentence; empty while a recording runs. */
  String whyNot();

  /**
   * Copies the current content, as one readable {@code .jfr} with secrets masked.
   *
   * @throws IOException also if nothing of it can be read
   */
  MaskedRecording.Copied copyTo(OutputStream out) throws IOException;
}
