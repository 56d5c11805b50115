package whorl.agent;

import java.lang.instrument.Instrumentation;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import whorl.agent.capture.ArtifactSource;
import whorl.agent.capture.jvm.PackageOpener;
import whorl.agent.config.AgentConfig;
import whorl.agent.encrypt.Recipient;
import whorl.agent.environment.Environment;
import whorl.agent.heap.HeapPlace;
import whorl.agent.heap.HeapSource;
import whorl.agent.ship.Shipper;
import whorl.agent.thread.AgentThreads;
import whorl.evidence.AgentIdentity;

/** Connects heap snapshots with what they need: the collector, the container, a second JVM. */
final class HeapWiring {
  private HeapWiring() {}

  static ArtifactSource source(
      AgentConfig config,
      Instrumentation instrumentation,
      PackageOpener opener,
      Environment environment,
      AgentIdentity identity,
      Shipper shipper,
      @Nullable Recipient recipient,
      ArtifactSource histogram) {
    HeapPlace place =
        new HeapPlace(
            config.heap(),
            config.collector(),
            identity.id(),
            recipient,
            environment,
            () -> shipper.status().connected(),
            () -> instrumentation.getAllLoadedClasses().length,
            Path.of(System.getProperty("java.home", ""), "bin", "java"),
            OwnJar.path(),
            opener,
            new AgentThreads("heap"));
    return new HeapSource(place, histogram);
  }
}
