package whorl.agent.recording;

import java.io.IOException;
import java.io.OutputStream;

/** The recording, for captures. */
public interface RecordingWindow {
  /** True if a recording runs; if not, {@link #whyNot} returns the reason. */
  boolean running();

  /** Returns a sentence; empty while a recording runs. */
  String whyNot();

  /**
   * Copies the current content, as one readable {@code .jfr}.
   *
   * @return bytes written
   */
  long copyTo(OutputStream out) throws IOException;
}
