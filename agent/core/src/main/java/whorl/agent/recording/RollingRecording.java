package whorl.agent.recording;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.instrument.Instrumentation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;
import jdk.jfr.RecordingState;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.agent.config.AgentConfig;
import whorl.agent.config.MemoryBudget;
import whorl.agent.environment.Environment;
import whorl.agent.event.EventSink;
import whorl.agent.event.jfr.JfrEvents;
import whorl.agent.redact.Redactor;
import whorl.agent.redact.jfr.MaskedRecording;
import whorl.event.CleanTexts;

/**
 * The recording that rolls until the JVM ends. A guard checks the free space ten times a second. If
 * the reserve is touched, it deletes the ballast and stops the recording (never the application);
 * when there is space again, it restarts the recording.
 */
public final class RollingRecording implements RecordingWindow {
  /** Prefix of the result of {@link #repair} if event types were unregistered. */
  public static final String EVENT_TYPES = "event types ";

  private static final Logger LOG = LoggerFactory.getLogger(RollingRecording.class);
  private static final long GUARD_PERIOD_MILLIS = 100;
  private static final int QUIET_ROUNDS_BEFORE_RESTART = 100;
  private static final int CLEAN_TEXT_BITS = 10;
  private static final String NAME = "whorl";

  /** The name that JFR gives to a copy. */
  private static final String COPY_NAME = "Clone of " + NAME;

  private final EventSink sink;
  private final RecordingRoom room;
  private final Path watched;
  private final Duration maxAge;
  private final Ballast ballast;
  private final JfrEvents events;
  private final MaskedRecording masked;
  private final Thread guard;
  private final AtomicLong stops = new AtomicLong();
  private @Nullable Recording recording;
  private Map<String, String> settings = Map.of();
  private volatile String whyNot = "";

  private RollingRecording(
      EventSink sink,
      Redactor redactor,
      RecordingRoom room,
      Path watched,
      Duration maxAge,
      ThreadFactory threads) {
    this.sink = sink;
    this.room = room;
    this.watched = watched;
    this.maxAge = maxAge;
    this.ballast = new Ballast(watched, room.ballastBytes());
    this.events =
        new JfrEvents(
            redactor,
            new CleanTexts(MemoryBudget.OF_THIS_JVM.tableBits(CLEAN_TEXT_BITS)),
            sink.selfTests());
    this.masked = new MaskedRecording(redactor);
    this.guard = threads.newThread(this::watchRoom);
  }

  /**
   * Starts JFR and the recording on the calling thread, and the guard on its own thread.
   *
   * @param agentJars the jars of all agents of this JVM
   * @throws IOException with a sentence for the responder if there can be no recording
   */
  public static RollingRecording start(
      Instrumentation instrumentation,
      Environment environment,
      AgentConfig.Recording settings,
      EventSink sink,
      Redactor redactor,
      ThreadFactory threads,
      List<String> agentJars)
      throws IOException {
    RecordingRoom room = RecordingRoom.find(environment, settings);
    if (room == null) {
      throw new IOException(
          "no writable folder with 12 MiB to spare: events are kept in memory only;"
              + " mount one, such as /dev/shm, or set recording.dir");
    }
    Path watched =
        FlightRecorderStart.prepare(
            instrumentation, room, ProfilingAgents.needDeepestStacks(agentJars));
    RollingRecording rolling =
        new RollingRecording(sink, redactor, room, watched, settings.maxAge(), threads);
    rolling.begin();
    rolling.guard.start();
    return rolling;
  }

  @Override
  public boolean running() {
    return whyNot.isEmpty();
  }

  @Override
  public String whyNot() {
    return whyNot;
  }

  @Override
  public MaskedRecording.Copied copyTo(OutputStream out) throws IOException {
    if (!running()) {
      throw new IOException(whyNot);
    }
    Recording now = own();
    if (now == null) {
      throw new IOException("the recording has just been stopped");
    }
    try (Recording window = window(now)) {
      MaskedRecording.Copied copied = masked.copy(() -> contents(window), out);
      if (copied.bytes() == 0) {
        throw new IOException("nothing of the recording can be read: " + copied.describe());
      }
      return copied;
    }
  }

  private synchronized @Nullable Recording own() {
    return recording;
  }

  /**
   * What a running recording keeps, now. A snapshot of the flight recorder would also have what
   * recordings of the application keep, perhaps hundreds of megabytes.
   */
  static Recording window(Recording running) {
    try {
      return running.copy(true);
    } catch (RuntimeException | Error e) {
      closeFailedCopies();
      throw e;
    }
  }

  /** A copy for which memory ran out before it was stopped would go on until the JVM ends. */
  private static void closeFailedCopies() {
    for (Recording each : FlightRecorder.getFlightRecorder().getRecordings()) {
      if (each.getName().equals(COPY_NAME) && each.getState() != RecordingState.STOPPED) {
        each.close();
      }
    }
  }

  static InputStream contents(Recording stopped) throws IOException {
    InputStream contents = stopped.getStream(null, null);
    if (contents == null) {
      throw new IOException("the recording holds nothing yet");
    }
    return new StoppedStream(contents);
  }

  /** Ends the guard and removes the ballast. It calls no JFR code, since JFR may be ending too. */
  public void close() {
    guard.interrupt();
    try {
      ballast.release();
    } catch (IOException e) {
      LOG.warn("cannot remove the ballast in {}: {}", watched, e.toString());
    }
  }

  /** Returns what was lost, by counter name. */
  public Map<String, Long> losses() {
    return stops.get() == 0 ? Map.of() : Map.of("recording.stoppedForRoom", stops.get());
  }

  /** Returns the folder of JFR's chunks; null if this JDK does not reveal it. */
  public @Nullable Path repository() {
    try {
      return FlightRecorderStart.repository();
    } catch (ReflectiveOperationException notKnown) {
      return null;
    }
  }

  /** Returns folder, limits and state, for the agent's capabilities. */
  public Map<String, Object> describe() {
    Map<String, Object> description = new LinkedHashMap<>();
    description.put("folder", watched.toString());
    description.put("maxBytes", room.maxBytes());
    description.put("maxAgeSeconds", maxAge.toSeconds());
    description.put("running", running() ? true : whyNot);
    return description;
  }

  /** Returns the running {@code jdk.jfr.Recording}; null if none runs. */
  public @Nullable Object current() {
    return own();
  }

  /**
   * Repairs changes that other code made to the recording.
   *
   * @param ending true if the JVM ends, when JFR itself stops the recording; called after the state
   *     is read
   * @return what was repaired, in a few words; null if nothing
   */
  public synchronized @Nullable String repair(BooleanSupplier ending) throws IOException {
    Recording now = recording;
    if (now == null) {
      return null;
    }
    RecordingState found = now.getState();
    if (found != RecordingState.RUNNING) {
      if (ending.getAsBoolean()) {
        return null;
      }
      String state = "it was " + found;
      sink.record(null);
      now.close();
      recording = null;
      // The guard starts it again if that fails.
      whyNot = "stopped by code in this JVM, and not started again yet";
      startRecording();
      return state;
    }
    List<String> types = events.registerAgain();
    if (!types.isEmpty()) {
      now.setSettings(settings);
      return EVENT_TYPES + String.join(", ", types);
    }
    if (!sink.recordsWith(events)) {
      sink.record(events);
      return "where events are written";
    }
    if (!now.getSettings().equals(settings)) {
      now.setSettings(settings);
      return "settings";
    }
    if (!maxAge.equals(now.getMaxAge()) || now.getMaxSize() != room.maxBytes()) {
      now.setMaxAge(maxAge);
      now.setMaxSize(room.maxBytes());
      return "how much it keeps";
    }
    return null;
  }

  /** Starts the recording and makes its ballast, or leaves neither behind. */
  private void begin() throws IOException {
    ballast.allocate();
    try {
      startRecording();
    } catch (IOException | RuntimeException | Error e) {
      ballast.release();
      throw e;
    }
  }

  private synchronized void startRecording() throws IOException {
    Recording next = new Recording(FlightRecorderStart.settings());
    try {
      next.setName(NAME);
      next.setToDisk(true);
      next.setMaxAge(maxAge);
      next.setMaxSize(room.maxBytes());
      next.start();
    } catch (RuntimeException | Error e) {
      next.close();
      throw e;
    }
    recording = next;
    settings = next.getSettings();
    whyNot = "";
    sink.record(events);
  }

  /** Stopping frees the recording's files. */
  private synchronized void stop(String reason) {
    sink.record(null);
    whyNot = reason;
    stops.incrementAndGet();
    Recording running = recording;
    recording = null;
    if (running != null) {
      running.close();
    }
    closeFailedCopies();
  }

  private void watchRoom() {
    int quietRounds = 0;
    while (!Thread.currentThread().isInterrupted()) {
      try {
        Thread.sleep(GUARD_PERIOD_MILLIS);
        long free = watched.toFile().getUsableSpace();
        if (running()) {
          // The ballast counts as free, because it can be deleted.
          if (free + room.ballastBytes() < room.reserveBytes()) {
            ballast.release();
            stop(
                "stopped, since "
                    + room.folder()
                    + " has only "
                    + free
                    + " bytes left;"
                    + " it starts again when there is room");
            quietRounds = 0;
          }
        } else if (free < room.reserveBytes() + 2 * room.chunkBytes() + room.ballastBytes()) {
          quietRounds = 0;
        } else if (++quietRounds >= QUIET_ROUNDS_BEFORE_RESTART) {
          begin();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (OutOfMemoryError noRoom) {
        // The guard must continue.
        quietRounds = 0;
      } catch (IOException | RuntimeException e) {
        LOG.warn("the recording's guard continues after {}", e.toString());
        quietRounds = 0;
      }
    }
  }
}
