package whorl.agent.life;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
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
 * Tells of JVMs of this workload that were cut off before this one began, as {@code jvm.crashed}
 * where HotSpot left its error log and {@code jvm.killed} where it did not, and sets this one's
 * mark.
 */
public final class PreviousRuns {
  static final String CRASHED = "jvm.crashed";
  static final String KILLED = "jvm.killed";

  private static final Logger log = LoggerFactory.getLogger(PreviousRuns.class);
  private static final int TOLD_MAX = 4;
  private static final int HEAD_LINES = 30;
  private static final int HEAD_MAX_CHARS = 2_000;

  private final List<Path> folders;
  private final String agent;
  private final RemainsSource source;
  private final InstantSource clock;
  private final Object setting = new Object();
  private RunRecord runRecord;
  private volatile @Nullable RunMarker mark;
  private volatile boolean ended;

  /**
   * Of this JVM.
   *
   * @param folders writable ones; the first gets the mark, and all are looked into
   * @param workload what the next JVM must be as well, to be told
   * @param errorFile {@code -XX:ErrorFile} as it was given; null where it was not
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

  /** What an earlier JVM left, for the capture of its alert. */
  public ArtifactSource source() {
    return source;
  }

  /** Tells of the last of those that were cut off, newest first, and sets the mark. */
  public void begin(Consumer<Alert> alerts) {
    List<RunRecord> left = new ArrayList<>();
    for (Path folder : folders) {
      left.addAll(RunMarker.takeLeft(folder, runRecord.workload()));
    }
    set();
    left.sort(Comparator.comparing(RunRecord::startedAt).reversed());
    for (RunRecord one : left.subList(0, Math.min(TOLD_MAX, left.size()))) {
      CrashRemains crashRemains = CrashRemains.of(one);
      Alert alert = alert(crashRemains);
      source.expect(alert, crashRemains);
      alerts.accept(alert);
    }
  }

  /** Where the recording is, once there is one. */
  public void recording(Path folder) {
    synchronized (setting) {
      runRecord = runRecord.withRecording(folder);
      RunMarker set = mark;
      if (set != null && !ended) {
        try {
          set.write(runRecord);
        } catch (IOException e) {
          log.warn("the mark of this JVM could not be renewed: {}", e.toString());
        }
      }
    }
    removeIfEnded();
  }

  /**
   * This JVM ends as somebody wants it to. Quick, and on any thread, also on one of the
   * application's that holds whatever lock: so it waits for none.
   */
  public void end() {
    ended = true;
    removeIfEnded();
  }

  private void set() {
    synchronized (setting) {
      for (Path folder : folders) {
        if (mark == null && !ended) {
          try {
            mark = RunMarker.set(folder, agent, runRecord);
          } catch (IOException | UnsupportedOperationException e) {
            log.debug("no mark in {}", folder, e);
          }
        }
      }
    }
    removeIfEnded();
  }

  /** Either the thread that sets the mark sees that the JVM ends, or the one that ends it does. */
  private void removeIfEnded() {
    RunMarker set = mark;
    if (ended && set != null) {
      mark = null;
      set.remove();
    }
  }

  private Alert alert(CrashRemains crashRemains) {
    RunRecord before = crashRemains.life();
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
                + " did not end in good order and left no error log: SIGKILL, the kernel for want of"
                + " memory, or the machine.",
        List.of("attack.impact", "attack.t1499"),
        fields,
        null,
        List.of());
  }

  /** The signal and where it happened. */
  private static String cause(List<String> head) {
    for (String line : head) {
      if (line.contains(" at pc=") || line.contains("Internal Error")) {
        return line.strip();
      }
    }
    return head.get(0);
  }

  /** The lines that begin with {@code #}. */
  private static List<String> head(Path errorLog) {
    List<String> head = new ArrayList<>();
    int chars = 0;
    try (BufferedReader reader = Files.newBufferedReader(errorLog, StandardCharsets.ISO_8859_1)) {
      for (int i = 0; i < HEAD_LINES; i++) {
        String line = reader.readLine();
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
