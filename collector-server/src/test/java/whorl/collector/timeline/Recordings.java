package whorl.collector.timeline;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Recording;
import jdk.jfr.Registered;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** Recordings made at test time, with events like those of the agent. */
public final class Recordings {
  private static final List<Class<? extends Event>> TYPES =
      List.of(FileOpen.class, HttpRequest.class, Unheard.class);

  private Recordings() {}

  @Registered(false)
  @Name("whorl.FileOpen")
  @Label("File Open")
  @Category("Whorl")
  @StackTrace
  public static final class FileOpen extends Event {
    String path;
    String access;
    boolean created;
    String requestId;
  }

  @Registered(false)
  @Name("whorl.HttpRequest")
  @Label("HTTP Request")
  @Category("Whorl")
  @StackTrace(false)
  public static final class HttpRequest extends Event {
    String method;
    String path;
    String query;
    String remoteAddress;
    int status;
    String requestId;

    @Timespan(Timespan.NANOSECONDS)
    long elapsed;
  }

  @Registered(false)
  @Name("acme.Unheard")
  @Label("Never Heard Of")
  @StackTrace(false)
  public static final class Unheard extends Event {
    public String colour;
    public double weight;
    public Thread whose;
    public Class<?> kind;
  }

  /** Performs the actions to record. */
  public interface Scene {
    void play() throws Exception;
  }

  public static byte[] of(Scene scene) throws Exception {
    Path file = Files.createTempFile("scene", ".jfr");
    // enabled only while needed: other tests check the existing types
    TYPES.forEach(FlightRecorder::register);
    try (Recording recording = new Recording()) {
      recording.enable("whorl.FileOpen").withoutThreshold();
      recording.enable("jdk.JVMInformation");
      recording.setToDisk(true);
      recording.start();
      scene.play();
      recording.stop();
      recording.dump(file);
      return Files.readAllBytes(file);
    } finally {
      TYPES.forEach(FlightRecorder::unregister);
      Files.deleteIfExists(file);
    }
  }

  /** Events of a few types, equally many of each. */
  public static byte[] small(int events) throws Exception {
    return of(() -> events(events));
  }

  public static void events(int events) {
    for (int i = 0; i < events; i++) {
      open("/etc/app-" + i % 10 + ".conf", "read", "req-" + i % 5);
    }
    for (int i = 0; i < 5; i++) {
      request("req-" + i, "GET", "/page/" + i, "10.0.0." + i);
    }
  }

  public static void open(String path, String access, String request) {
    FileOpen event = new FileOpen();
    event.path = path;
    event.access = access;
    event.requestId = request;
    event.commit();
  }

  public static void request(String id, String method, String path, String address) {
    HttpRequest event = new HttpRequest();
    event.method = method;
    event.path = path;
    event.query = "q=1";
    event.remoteAddress = address;
    event.status = 200;
    event.requestId = id;
    event.elapsed = 1_500_000;
    event.commit();
  }

  /** The recording several times in a row, which JFR allows. */
  public static byte[] times(byte[] recording, int times, byte[]... more) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int i = 0; i < times; i++) {
      all.write(recording);
    }
    for (byte[] each : more) {
      all.write(each);
    }
    return all.toByteArray();
  }
}
