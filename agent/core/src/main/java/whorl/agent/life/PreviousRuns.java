package whorl.agent.life;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.agent.capture.ArtifactSource;
import whorl.agent.redact.Redactor;
import whorl.evidence.Alert;
import whorl.evidence.Id;
import whorl.evidence.Level;

/**
 * Raises alerts about JVMs of this workload that did not end normally before this one began: {@code
 * jvm.crashed} if HotSpot left its error log, {@code jvm.killed} if not. Also creates this JVM's
 * own marker.
 */
public final class PreviousRuns {
  static final String CRASHED = "jvm.crashed";
  static final String KILLED = "jvm.killed";

  private static final Logger log = LoggerFactory.getLogger(PreviousRuns.class);
  private static final int ALERTS_MAX = 4;
  private static final int HEAD_LINES = 30;
  private static final int HEAD_MAX_CHARS = 2_000;

  private final List<Path> folders;
  private final String agent;
  private final RemainsSource source;
  private final InstantSource clock;
  private final Object markerLock = new Object();
  private RunRecord runRecord;
  private volatile @Nullable RunMarker marker;
  private volatile boolean ended;

  /**
   * @param folders writable ones; all are searched, and the first that accepts it gets the marker
   * @param workload identifies the JVMs whose end is reported to each other
   * @param errorFile {@code -XX:ErrorFile} as configured; null if it is not
   */
  public PreviousRuns(
      List<Path> folders,
      String agent,
      String workload,
      @Nullable String errorFile,
      Redactor redactor,
      InstantSource clock) {
    this.folders = List.copyOf(folders);
    this.agent = agent;
    this.source = new RemainsSource(redactor);
    this.clock = clock;
    this.runRecord =
        new RunRecord(
            workload,
            ProcessHandle.current().pid(),
            clock.instant(),
            Path.of(System.getProperty("user.dir", "/")),
            Path.of(System.getProperty("java.io.tmpdir", "/tmp")),
            errorFile,
            null);
  }

  /** Returns the source of an earlier JVM's remains, for the capture of its alert. */
  public ArtifactSource source() {
    return source;
  }

  /** Raises alerts for the last such JVMs, newest first, and creates the marker. */
  public void begin(Consumer<Alert> alerts) {
    List<RunRecord> orphaned = new ArrayList<>();
    for (Path folder : folders) {
      orphaned.addAll(RunMarker.takeOrphaned(folder, runRecord.workload()));
    }
    orphaned.sort(Comparator.comparing(RunRecord::startedAt).reversed());
    for (RunRecord run : orphaned.subList(0, Math.min(ALERTS_MAX, orphaned.size()))) {
      CrashRemains crashRemains = CrashRemains.of(run);
      Alert alert = alert(crashRemains);
      source.expect(alert, crashRemains);
      alerts.accept(alert);
    }
    createMarker();
  }

  /** Stores the recording's folder in the marker, once there is one. */
  public void recording(Path folder) {
    synchronized (markerLock) {
      runRecord = runRecord.withRecording(folder);
      RunMarker current = marker;
      if (current != null && !ended) {
        try {
          current.write(runRecord);
        } catch (IOException e) {
          log.warn("cannot update the marker of this JVM: {}", e.toString());
        }
      }
    }
    removeIfEnded();
  }

  /**
   * Removes the marker when the JVM ends normally. Quick, and on any thread, including one of the
   * application's that holds any lock: so it waits for none.
   */
  public void end() {
    ended = true;
    removeIfEnded();
  }

  private void createMarker() {
    synchronized (markerLock) {
      for (Path folder : folders) {
        if (marker == null && !ended) {
          try {
            marker = RunMarker.create(folder, agent, runRecord);
          } catch (IOException | UnsupportedOperationException e) {
            log.debug("no marker in {}", folder, e);
          }
        }
      }
    }
    removeIfEnded();
  }

  /**
   * Whichever thread comes second removes it: the one that creates the marker or the one that ends
   * the JVM.
   */
  private void removeIfEnded() {
    RunMarker current = marker;
    if (ended && current != null) {
      marker = null;
      current.remove();
    }
  }

  private Alert alert(CrashRemains crashRemains) {
    RunRecord before = crashRemains.run();
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("pid", before.pid());
    fields.put("startedAt", before.startedAt().toString());
    List<String> head = List.of();
    Path errorLog = crashRemains.errorLog();
    if (errorLog != null) {
      fields.put("errorLog", errorLog.toString());
      head = head(errorLog);
      if (!head.isEmpty()) {
        fields.put("head", String.join("\n", head));
      }
    }
    return new Alert(
        Id.next(clock),
        "whorl",
        clock.instant(),
        crashRemains.crashed() ? CRASHED : KILLED,
        crashRemains.crashed() ? Level.HIGH : Level.MEDIUM,
        crashRemains.crashed()
            ? "The JVM before this one crashed" + (head.isEmpty() ? "" : ": " + cause(head))
            : "The JVM before this one was killed",
        crashRemains.crashed()
            ? "HotSpot left its error log; process " + before.pid() + "."
            : "Process "
                + before.pid()
                + " ended without a shutdown and without an error log. The cause may be SIGKILL,"
                + " the kernel when memory ran out, a failure of the machine, or code that halted"
                + " the JVM for a request.",
        List.of("attack.impact", "attack.t1499"),
        fields,
        null,
        List.of());
  }

  /** Returns the signal and where it happened. */
  private static String cause(List<String> head) {
    for (String line : head) {
      if (line.contains(" at pc=") || line.contains("Internal Error")) {
        return line.strip();
      }
    }
    return head.get(0);
  }

  /** Returns the lines that begin with {@code #}. */
  private static List<String> head(Path errorLog) {
    List<String> head = new ArrayList<>();
    int chars = 0;
    try (ErrorLogReader reader = new ErrorLogReader(errorLog, StandardCharsets.ISO_8859_1)) {
      for (int i = 0; i < HEAD_LINES; i++) {
        String line = reader.line();
        if (line == null) {
          break;
        }
        String text = line.startsWith("#") ? line.substring(1).strip() : "";
        if (!text.isEmpty() && chars + text.length() < HEAD_MAX_CHARS) {
          head.add(text);
          chars += text.length();
        }
      }
    } catch (IOException unreadable) {
      log.debug("{} cannot be read", errorLog, unreadable);
    }
    return head;
  }
}
