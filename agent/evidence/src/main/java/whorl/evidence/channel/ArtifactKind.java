package whorl.evidence.channel;

import java.util.List;
import java.util.Set;

/** The kinds of artifacts that a capture can be asked for, by their names in messages. */
public final class ArtifactKind {
  public static final String RECORDING = "recording";
  public static final String THREADS = "threads";
  public static final String CLASSES = "classes";
  public static final String PROCESS = "process";
  public static final String NETWORK = "network";
  public static final String FILES = "files";
  public static final String CONSOLE = "console";
  public static final String HEAP = "heap";
  public static final String HISTOGRAM = "histogram";

  /** All kinds. */
  public static final List<String> ALL =
      List.of(RECORDING, THREADS, CLASSES, PROCESS, NETWORK, FILES, CONSOLE, HEAP, HISTOGRAM);

  /**
   * What is captured where nothing is named: a heap dump stops the application, so it is left out.
   */
  public static final Set<String> ALL_BUT_HEAP =
      Set.of(RECORDING, THREADS, CLASSES, PROCESS, NETWORK, FILES, CONSOLE, HISTOGRAM);

  private ArtifactKind() {}
}
