package whorl.agent.capture;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.instrument.Instrumentation;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import whorl.agent.capture.coordinate.AlertReporter;
import whorl.agent.capture.coordinate.CaptureCoordinator;
import whorl.agent.capture.coordinate.CaptureProcedure;
import whorl.agent.capture.coordinate.CaptureReports;
import whorl.agent.capture.coordinate.CaptureSealer;
import whorl.agent.capture.coordinate.CaptureSources;
import whorl.agent.console.ConsoleRing;
import whorl.agent.recording.RecordingWindow;
import whorl.agent.redact.Redactor;
import whorl.agent.redact.jfr.MaskedRecording;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.SigningKey;
import whorl.evidence.channel.CollectorMessage.StartCapture;

/** Captures everything available into the folder given as its argument, then ends. */
final class FullCapture {
  private FullCapture() {}

  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    startVirtualThreads(7);
    FolderSink sink = new FolderSink(folder);
    CaptureReports reports = new CaptureReports(progress -> {});
    AlertReporter alertReporter =
        (alert, capture) -> CompletableFuture.completedFuture(AlertReporter.Verdict.FULL);
    CaptureSources sources =
        new CaptureSources(
            new FewBytes(),
            after -> List.of(),
            loaded(Json.class, FullCapture.class, String.class),
            List::of,
            (module, packageName) -> {},
            new Redactor(Captures.config("").redactKeys()),
            new ConsoleRing(1 << 20),
            Captures.AGENT,
            Map::of,
            Duration.ofSeconds(15));
    CaptureProcedure procedure =
        new CaptureProcedure(
            sources.all(Captures.CLOCK),
            sink,
            new CaptureSealer(
                Captures.AGENT,
                SigningKey.generate(),
                null,
                new CaptureSealer.Circumstances(
                    () -> List.of("WARN something"),
                    () -> Map.of("ring.overwritten", 3L),
                    () -> Duration.ofMillis(-12),
                    CaptureSealer.ManifestChain.NONE,
                    List.of()),
                Captures.CLOCK),
            new Redactor(Captures.config("").redactKeys()),
            alertReporter,
            reports,
            Thread::new,
            Captures.CLOCK);
    CaptureCoordinator coordinator =
        new CaptureCoordinator(
            Captures.config("capture.after=100ms"),
            procedure,
            alertReporter,
            reports,
            Thread::new,
            Captures.CLOCK,
            System::nanoTime);
    coordinator.onRequest(
        new StartCapture(Id.next(Captures.CLOCK), List.of(), "everything", null, false));
    coordinator.start();
    boolean ended = coordinator.close(Duration.ofSeconds(30), Duration.ofSeconds(30));
    System.exit(ended && sink.committed.size() == 1 ? 0 : 1);
  }

  private static Instrumentation loaded(Class<?>... classes) {
    return (Instrumentation)
        Proxy.newProxyInstance(
            FullCapture.class.getClassLoader(),
            new Class<?>[] {Instrumentation.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("getAllLoadedClasses")) {
                return classes;
              }
              throw new UnsupportedOperationException(method.getName());
            });
  }

  private static void startVirtualThreads(int count) throws ReflectiveOperationException {
    if (Runtime.version().feature() < 21) {
      return;
    }
    Method start = Thread.class.getMethod("startVirtualThread", Runnable.class);
    CountDownLatch started = new CountDownLatch(count);
    CountDownLatch never = new CountDownLatch(1);
    Runnable waits =
        () -> {
          started.countDown();
          await(never);
        };
    for (int i = 0; i < count; i++) {
      start.invoke(null, waits);
    }
    await(started);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException ends) {
      Thread.currentThread().interrupt();
    }
  }

  private static final class FewBytes implements RecordingWindow {
    @Override
    public boolean running() {
      return true;
    }

    @Override
    public String whyNot() {
      return "";
    }

    @Override
    public MaskedRecording.Copied copyTo(OutputStream out) throws IOException {
      out.write(new byte[1000]);
      return new MaskedRecording.Copied(1000, 0, 0);
    }
  }
}
