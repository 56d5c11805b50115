package whorl.agent.capture.jvm;

import java.io.IOException;
import java.io.OutputStream;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import whorl.agent.capture.ArtifactOutput;
import whorl.agent.capture.ArtifactSource;
import whorl.agent.capture.CaptureContext;
import whorl.agent.capture.Reason;
import whorl.agent.capture.kernel.Cgroups;
import whorl.agent.capture.kernel.KernelView;
import whorl.agent.capture.kernel.Mounts;
import whorl.agent.capture.kernel.ProcFs;
import whorl.agent.environment.ContainerTraces;
import whorl.evidence.AgentIdentity;
import whorl.evidence.ArtifactName;
import whorl.evidence.Json;
import whorl.evidence.channel.ArtifactKind;

/**
 * Captures the kernel's and the JVM's view of the process in {@code process.json}, one object with
 * a member for each section. A section that could not be read is reported in the acquisition log.
 */
public final class ProcessSource implements ArtifactSource {
  static final ArtifactName NAME = new ArtifactName("process.json");

  private static final int VERSION = 1;

  private final ProcFs proc;
  private final KernelView kernel;
  private final JvmView jvm;
  private final AgentIdentity agent;
  private final Supplier<Map<String, Object>> checks;
  private final InstantSource clock;

  /**
   * @param checks each named check of the environment and its outcome
   */
  public ProcessSource(
      ProcFs proc,
      JvmView jvm,
      AgentIdentity agent,
      Supplier<Map<String, Object>> checks,
      InstantSource clock) {
    this.proc = proc;
    this.kernel = new KernelView(proc);
    this.jvm = jvm;
    this.agent = agent;
    this.checks = checks;
    this.clock = clock;
  }

  @FunctionalInterface
  private interface Section {
    Object read() throws IOException;
  }

  @Override
  public String kind() {
    return ArtifactKind.PROCESS;
  }

  @Override
  public void collect(CaptureContext context, ArtifactOutput out) throws IOException {
    Map<String, Object> process = new LinkedHashMap<>();
    process.put("version", VERSION);
    process.put("time", clock.instant());
    process.put("agent", agent);
    add(process, "checks", out, checks::get);
    add(process, "pid", out, () -> ProcessHandle.current().pid());
    add(process, "startedAt", out, ProcessSource::startedAt);
    add(process, "commandLine", out, jvm::commandLine);
    add(process, "arguments", out, jvm::arguments);
    add(process, "flags", out, jvm::flags);
    add(process, "java", out, jvm::release);
    add(process, "properties", out, jvm::properties);
    add(process, "environment", out, jvm::environment);
    add(process, "cpus", out, () -> Runtime.getRuntime().availableProcessors());
    add(process, "heap", out, ProcessSource::heap);
    add(process, "user", out, kernel::user);
    add(process, "rights", out, kernel::rights);
    add(process, "namespaces", out, kernel::namespaces);
    add(process, "limits", out, kernel::limits);
    add(process, "memory", out, kernel::memory);
    add(process, "host", out, kernel::host);
    add(process, "mounts", out, () -> Mounts.read(proc));
    add(process, "cgroups", out, this::cgroups);
    add(process, "container", out, this::container);
    try (OutputStream stream = out.create(NAME, "application/json")) {
      Json.MAPPER.writerWithDefaultPrettyPrinter().writeValue(stream, process);
    }
  }

  private static void add(
      Map<String, Object> process, String section, ArtifactOutput out, Section content) {
    try {
      process.put(section, content.read());
    } catch (IOException | RuntimeException | LinkageError e) {
      out.missing(NAME + " " + section, Reason.of(e));
    }
  }

  private static Object startedAt() throws IOException {
    return ProcessHandle.current()
        .info()
        .startInstant()
        .orElseThrow(() -> new IOException("the kernel does not say"));
  }

  private static Map<String, Long> heap() {
    Runtime runtime = Runtime.getRuntime();
    Map<String, Long> heap = new LinkedHashMap<>();
    heap.put("usedBytes", runtime.totalMemory() - runtime.freeMemory());
    heap.put("committedBytes", runtime.totalMemory());
    heap.put("maxBytes", runtime.maxMemory());
    return heap;
  }

  private Cgroups.Reading cgroups() throws IOException {
    return new Cgroups(proc).read(Mounts.read(proc));
  }

  private ContainerTraces.Found container() throws IOException {
    List<Mounts.Mount> mounts = Mounts.read(proc);
    return ContainerTraces.find(
        new Cgroups(proc).read(mounts).groups().stream().map(Cgroups.Group::path).toList(),
        mounts.stream()
            .map(mount -> new ContainerTraces.Mounted(mount.root(), mount.mountPoint()))
            .toList());
  }
}
