package whorl.agent.heap;

import java.io.DataInputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import whorl.agent.encrypt.Recipient;
import whorl.agent.hprof.PassResult;
import whorl.agent.ship.direct.DirectUpload;
import whorl.evidence.Artifact;

/**
 * The reader: the main program of a second, small JVM. While the JVM that started it is paused at a
 * safepoint and writes its heap into two pipes, the reader passes the dump on to the collector. It
 * is also the watchdog: if the application has been paused for as long as allowed, or anything
 * fails, the reader ends, HotSpot's next write fails, and the application continues.
 *
 * <p>It writes to its standard output, one line each: {@code ready RATE} (bytes a second that the
 * collector accepts), then {@code done SIZE SHA256 DUMPED MILLIS STACKS} (the number of stacks that
 * were left out), or {@code failed REASON}.
 */
public final class HeapReader {
  static final String MARK = "whorl-reader ";
  private static final int FAILED = 1;
  private static final int TOO_LONG = 3;
  private static final int ORPHANED = 4;

  private final ReaderOrder order;
  private final InputStream commands;
  private final PrintStream lines;
  private volatile boolean dumpRead;

  private HeapReader(ReaderOrder order, InputStream commands, PrintStream lines) {
    this.order = order;
    this.commands = commands;
    this.lines = lines;
  }

  /** Runs until the collector has the dump, and ends the JVM. */
  public static void main(String[] arguments) {
    InputStream in = new FileInputStream(FileDescriptor.in);
    PrintStream out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    int status = FAILED;
    try {
      ReaderOrder order = ReaderOrder.readFrom(new DataInputStream(in));
      order.properties().forEach(System::setProperty);
      new HeapReader(order, in, out).run();
      status = 0;
    } catch (Throwable e) {
      writeLine(out, "failed " + reason(e));
    }
    Runtime.getRuntime().halt(status);
  }

  private void run() throws IOException, InterruptedException, ExecutionException {
    String parent = "/proc/" + order.parent() + "/fd/";
    ThreadFactory threads = HeapReader::daemon;
    HeapFilter filter =
        new HeapFilter(order.content(), recipient(), order.classesMaxBytes(), threads);
    FutureTask<PassResult> warmedUp = new FutureTask<>(() -> ReaderWarmup.run(filter));
    threads.newThread(warmedUp).start();
    // The pipes are closed first in any case, because the application waits for that.
    try (DirectUpload upload =
            DirectUpload.open(order.target(), limits(), order.chunkMaxBytes(), threads);
        PipeInput main = PipeInput.open(parent + order.main());
        PipeInput segment = PipeInput.open(parent + order.segment())) {
      warmedUp.get();
      writeLine(lines, "ready " + upload.measuredBytesPerSecond());
      threads.newThread(this::watch).start();
      long startedNanos = System.nanoTime();
      PassResult result = filter.pass(main, segment, upload.stream());
      dumpRead = true;
      Artifact artifact = upload.finish();
      long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startedNanos);
      writeLine(
          lines,
          "done "
              + artifact.size()
              + " "
              + artifact.sha256().hex()
              + " "
              + result.bytesIn()
              + " "
              + millis
              + " "
              + result.stacksDropped());
    }
  }

  private @Nullable Recipient recipient() {
    String text = order.recipient();
    return text == null ? null : Recipient.of(text);
  }

  private DirectUpload.Limits limits() {
    DirectUpload.Limits standard = DirectUpload.Limits.STANDARD;
    Duration limit = order.pauseLimit();
    return new DirectUpload.Limits(
        limit.compareTo(standard.patience()) < 0 ? limit : standard.patience(),
        standard.turn(),
        standard.completion());
  }

  /** Waits for the start of the dump, and ends the process if the dump takes too long. */
  private void watch() {
    try {
      int command = commands.read();
      if (command == ReaderOrder.GO) {
        long limitNanos = System.nanoTime() + order.pauseLimit().toNanos();
        threadThatEndsWithTheParent();
        while (!dumpRead && System.nanoTime() - limitNanos < 0) {
          TimeUnit.MILLISECONDS.sleep(5);
        }
        if (dumpRead) {
          return;
        }
        writeLine(
            lines,
            "failed the application had stood still for "
                + order.pauseLimit().toMillis()
                + " ms, which is heap.pause-limit");
        Runtime.getRuntime().halt(TOO_LONG);
      }
    } catch (IOException | InterruptedException e) {
      writeLine(lines, "failed " + reason(e));
    }
    Runtime.getRuntime().halt(ORPHANED);
  }

  private void threadThatEndsWithTheParent() {
    Runnable untilEnd =
        () -> {
          try {
            while (commands.read() >= 0) {
              continue;
            }
          } catch (IOException e) {
            writeLine(lines, "failed " + reason(e));
          }
          Runtime.getRuntime().halt(ORPHANED);
        };
    daemon(untilEnd).start();
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(null, work, "whorl-reader", 0, false);
    thread.setDaemon(true);
    return thread;
  }

  private static void writeLine(PrintStream out, String line) {
    synchronized (out) {
      out.println(MARK + line.replace('\n', ' '));
      out.flush();
    }
  }

  static String reason(Throwable e) {
    String message = e.getMessage();
    // The message of a file system's exception is only the path.
    boolean sentence = e instanceof IOException && !(e instanceof FileSystemException);
    return sentence && message != null ? message : e.toString();
  }
}
