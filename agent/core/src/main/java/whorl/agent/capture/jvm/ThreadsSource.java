package whorl.agent.capture.jvm;

import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import whorl.agent.capture.ArtifactOutput;
import whorl.agent.capture.ArtifactSource;
import whorl.agent.capture.CaptureContext;
import whorl.agent.capture.Reason;
import whorl.agent.capture.jvm.ThreadDump.ThreadState;
import whorl.evidence.ArtifactName;
import whorl.evidence.Json;
import whorl.evidence.channel.ArtifactKind;

/** Captures all threads, platform and virtual, in {@code threads.json} and {@code threads.txt}. */
public final class ThreadsSource implements ArtifactSource {
  static final ArtifactName JSON = new ArtifactName("threads.json");
  static final ArtifactName TEXT = new ArtifactName("threads.txt");

  private static final int VIRTUAL_KEPT_MAX = 2_000;

  private final PackageOpener opener;
  private final VirtualThreads virtualThreads;
  private final InstantSource clock;

  /** Read once: the application can replace the properties by a class of its own. */
  private final String jvm =
      System.getProperty("java.vm.name", "Java") + " " + System.getProperty("java.vm.version");

  public ThreadsSource(PackageOpener opener, InstantSource clock) {
    this.opener = opener;
    this.virtualThreads = new VirtualThreads(opener, VIRTUAL_KEPT_MAX);
    this.clock = clock;
  }

  @Override
  public String kind() {
    return ArtifactKind.THREADS;
  }

  @Override
  public void collect(CaptureContext context, ArtifactOutput out) throws IOException {
    ThreadDump dump = dump(out);
    try (OutputStream stream = out.create(JSON, "application/json")) {
      Json.MAPPER.writeValue(stream, dump);
    }
    try (Writer writer =
        new OutputStreamWriter(
            out.create(TEXT, "text/plain; charset=utf-8"), StandardCharsets.UTF_8)) {
      ThreadText.write(dump, writer);
    }
  }

  private static void addPlain(List<ThreadState> threads, ArtifactOutput out) {
    try {
      threads.addAll(PlainThreads.platform());
      out.log("threads: " + threads.size() + " platform threads by Thread.getAllStackTraces");
    } catch (IOException e) {
      out.missing("platform threads", Reason.of(e));
    }
  }

  private ThreadDump dump(ArtifactOutput out) {
    String time = clock.instant().toString();
    List<ThreadState> threads = new ArrayList<>();
    List<Long> deadlocked = List.of();
    try {
      if (!ManagementBeans.present()) {
        throw new IOException("this Java image has no java.management");
      }
      ManagedThreads managed = new ManagedThreads(new ManagementBeans(opener).threads());
      deadlocked = managed.deadlocked();
      threads.addAll(managed.platform());
      out.log("threads: " + threads.size() + " platform threads with monitors, by ThreadMXBean");
    } catch (IOException e) {
      out.missing("locks of threads", Reason.of(e));
      addPlain(threads, out);
    }
    try {
      VirtualThreads.Found found = virtualThreads.find();
      threads.addAll(found.threads());
      out.log("threads: " + found.count() + " virtual threads, by jdk.internal.vm");
      long leftOut = found.count() - found.threads().size();
      if (leftOut > 0) {
        out.missing(JSON.value(), leftOut + " of " + found.count() + " virtual threads left out");
      }
    } catch (IOException e) {
      out.missing("virtual threads", Reason.of(e));
    }
    return new ThreadDump(ThreadDump.VERSION, time, jvm, deadlocked, threads);
  }
}
