package whorl.collector.timeline.read.recording;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import jdk.jfr.Configuration;
import jdk.jfr.DataAmount;
import jdk.jfr.Event;
import jdk.jfr.EventType;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Label;
import jdk.jfr.MetadataDefinition;
import jdk.jfr.Name;
import jdk.jfr.Recording;
import jdk.jfr.Relational;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import jdk.jfr.Timestamp;
import jdk.jfr.Unsigned;

/** Makes a recording of all event types of a JVM, and of an own type with all kinds of fields. */
public final class EveryKind {
  private static final int ROUNDS = 3;
  private static final int LEAKED = 20_000;
  private static final int DEEP = 300;
  private static final List<Object> LEAK = new ArrayList<>();

  private EveryKind() {}

  @MetadataDefinition
  @Label("Nested")
  @Relational
  @Retention(RetentionPolicy.RUNTIME)
  @Target({ElementType.TYPE, ElementType.FIELD, ElementType.ANNOTATION_TYPE})
  public @interface Nested {
    String[] names() default {"a", "b"};

    int[] numbers() default {1, 2, 3};

    char letter() default 'x';
  }

  @Name("acme.Kinds")
  @Label("All Kinds \"of\" Fields")
  @Nested(names = {"one", "two", "three"})
  @StackTrace
  static final class Kinds extends Event {
    boolean truth;
    byte tiny;
    @Unsigned byte tinyUnsigned;
    short small;
    @Unsigned short smallUnsigned;
    int number;
    @Unsigned int unsigned;
    @DataAmount long large;
    char letter;
    float real;
    double precise;

    @Nested
    @Label("Text")
    String text;

    String other;
    Thread thread;
    Class<?> type;

    @Timespan(Timespan.TICKS)
    long ticks;

    @Timespan(Timespan.NANOSECONDS)
    long nanos;

    @Timespan(Timespan.MICROSECONDS)
    long micros;

    @Timespan(Timespan.MILLISECONDS)
    long millis;

    @Timespan(Timespan.SECONDS)
    long seconds;

    @Timestamp(Timestamp.TICKS)
    long atTicks;

    @Timestamp(Timestamp.MILLISECONDS_SINCE_EPOCH)
    long atMillis;

    @Timespan(Timespan.MILLISECONDS)
    int spanOfInt;
  }

  @Name("whorl.HttpRequest")
  @StackTrace(false)
  static final class Request extends Event {
    String method;
    String path;
    String query;
    String remoteAddress;
    int status;
    String requestId;
  }

  /** Arguments: the output file. */
  public static void main(String[] arguments) throws Exception {
    record(Path.of(arguments[0]));
  }

  static void record(Path file) throws Exception {
    FlightRecorder.register(Kinds.class);
    FlightRecorder.register(Request.class);
    try (Recording recording = new Recording(Configuration.getConfiguration("profile"))) {
      for (EventType type : FlightRecorder.getFlightRecorder().getEventTypes()) {
        recording.enable(type.getName()).withoutThreshold().withStackTrace();
      }
      recording.enable("jdk.OldObjectSample").with("cutoff", "infinity").withStackTrace();
      recording.enable("acme.Kinds").withStackTrace();
      recording.setToDisk(true);
      recording.start();
      for (int round = 0; round < ROUNDS; round++) {
        live(new Random(round));
        rotate();
      }
      recording.stop();
      recording.dump(file);
    } finally {
      FlightRecorder.unregister(Kinds.class);
      FlightRecorder.unregister(Request.class);
      LEAK.clear();
    }
  }

  /** Starting and stopping another recording begins new chunks. */
  private static void rotate() {
    try (Recording other = new Recording()) {
      other.start();
    }
  }

  private static void live(Random random) throws Exception {
    for (String text : texts(random)) {
      kinds(random, text);
      request(random, text);
    }
    deep(DEEP, random);
    Path file = Files.createTempFile("every", null);
    Files.write(file, new byte[10_000]);
    Files.readAllBytes(file);
    Files.delete(file);
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Socket client = new Socket(server.getInetAddress(), server.getLocalPort());
        Socket served = server.accept()) {
      client.getOutputStream().write(1);
      served.getInputStream().read();
    }
    try {
      Integer.parseInt("no \"number\"\n");
    } catch (NumberFormatException expected) {
      LEAK.add(expected);
    }
    for (int i = 0; i < LEAKED; i++) {
      LEAK.add(new Object[] {new byte[random.nextInt(2_000)], Integer.toString(i)});
    }
    loaded();
    threads(random);
    System.gc();
  }

  private static void threads(Random random) throws Exception {
    List<Thread> threads = new ArrayList<>();
    for (String name : List.of("plain", "with \"quotes\"", "grüße-日本-😀", "")) {
      threads.add(new Thread(new ThreadGroup("group of " + name), () -> contended(random), name));
    }
    threads.forEach(Thread::start);
    try {
      threads.add(
          (Thread)
              Thread.class
                  .getMethod("startVirtualThread", Runnable.class)
                  .invoke(null, (Runnable) () -> contended(random)));
    } catch (NoSuchMethodException older) {
      threads.get(0).join();
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private static void contended(Random random) {
    synchronized (LEAK) {
      kinds(random, "from a thread");
    }
  }

  /** Loads a class with its own class loader. */
  private static void loaded() throws Exception {
    ClassLoader loader =
        new ClassLoader("of one's own", null) {
          @Override
          protected Class<?> findClass(String name) throws ClassNotFoundException {
            try (var in =
                EveryKind.class
                    .getClassLoader()
                    .getResourceAsStream(name.replace('.', '/') + ".class")) {
              byte[] bytes = in.readAllBytes();
              return defineClass(name, bytes, 0, bytes.length);
            } catch (java.io.IOException e) {
              throw new ClassNotFoundException(name, e);
            }
          }
        };
    Kinds event = new Kinds();
    event.type = loader.loadClass(Nested.class.getName());
    event.commit();
  }

  private static void deep(int depth, Random random) {
    if (depth == 0) {
      kinds(random, "deep");
    } else {
      deep(depth - 1, random);
    }
  }

  private static void kinds(Random random, String text) {
    Kinds event = new Kinds();
    event.begin();
    event.truth = random.nextBoolean();
    event.tiny = (byte) random.nextInt();
    event.tinyUnsigned = (byte) random.nextInt();
    event.small = (short) random.nextInt();
    event.smallUnsigned = (short) random.nextInt();
    event.number = random.nextInt();
    event.unsigned = random.nextInt();
    event.large = pick(random);
    event.letter = "a\"\\\n\u0001é日\uD83D".charAt(random.nextInt(8));
    event.real =
        new float[] {0, -0f, 1.5f, Float.NaN, Float.NEGATIVE_INFINITY, 1e-40f, 3.4e38f}
            [random.nextInt(7)];
    event.precise = new double[] {0, Math.PI, Double.NaN, 1e300, 1e21, -5e-324}[random.nextInt(6)];
    event.text = text;
    event.other = random.nextInt(3) == 0 ? text : "again and again " + random.nextInt(5);
    event.thread = random.nextInt(4) == 0 ? null : Thread.currentThread();
    event.type =
        random.nextInt(4) == 0
            ? null
            : List.of(int[][].class, int.class, List.class).get(random.nextInt(3));
    event.ticks = pick(random);
    event.nanos = pick(random);
    event.micros = pick(random);
    event.millis = pick(random);
    event.seconds = pick(random);
    event.atTicks = pick(random);
    event.atMillis = random.nextBoolean() ? pick(random) : System.currentTimeMillis();
    event.spanOfInt = random.nextInt();
    event.commit();
  }

  private static long pick(Random random) {
    return switch (random.nextInt(7)) {
      case 0 -> 0;
      case 1 -> Long.MAX_VALUE;
      case 2 -> Long.MIN_VALUE;
      case 3 -> -random.nextInt(1_000_000);
      case 4 -> random.nextLong();
      default -> random.nextInt();
    };
  }

  private static void request(Random random, String text) {
    Request event = new Request();
    event.method = random.nextBoolean() ? "GET" : null;
    event.path = text;
    event.query = "q=" + random.nextInt();
    event.remoteAddress = "10.0.0." + random.nextInt(256);
    event.status = random.nextInt(600);
    event.requestId = "req-" + Long.toHexString(random.nextLong());
    event.commit();
  }

  private static List<String> texts(Random random) {
    List<String> texts = new ArrayList<>();
    texts.add(null);
    texts.add("");
    texts.add("plain");
    texts.add(
        "in the pool, for it is so long that it is not written in its place " + random.nextInt(3));
    texts.add("grüße àéîõü");
    texts.add("日本語と中文と한국어");
    texts.add("😀 beyond the plane 🧪");
    texts.add("half a pair \uD83D, the other half \uDE00, at the end \uD83D");
    texts.add("\u0000\u0001\b\t\n\f\r\u001B\u007F\u0080\u2028 \"quoted\" \\ / </script>");
    texts.add("x".repeat(99) + "é");
    texts.add("x".repeat(100) + "é");
    texts.add("é".repeat(299) + "😀" + "z");
    texts.add("é".repeat(300));
    texts.add("long ".repeat(20_000));
    for (int i = 0; i < 40; i++) {
      StringBuilder text = new StringBuilder();
      for (int j = random.nextInt(60); j > 0; j--) {
        text.append(
            (char) (random.nextInt(3) == 0 ? random.nextInt(0x10000) : random.nextInt(0x80)));
      }
      texts.add(text.toString());
    }
    return texts;
  }
}
