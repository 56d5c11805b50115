package whorl.agent.recording;

import java.io.IOException;
import java.io.OutputStream;

/** The recording as a capture sees it. */
public interface RecordingWindow {
  /** Whether a recording runs; if not, {@link #whyNot} says why. */
  boolean running();

  /** A sentence, empty while it runs. */
  String whyNot();

  /**
   * Copies the window that is held now, as one readable {@code .jfr}.
   *
   * @return bytes written
   */
  long copyTo(OutputStream out) throws IOException;
}
