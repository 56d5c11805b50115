package whorl.agent.heap;

import java.nio.file.Path;
import java.util.concurrent.ThreadFactory;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import whorl.agent.capture.jvm.PackageOpener;
import whorl.agent.config.AgentConfig;
import whorl.agent.encrypt.Recipient;
import whorl.agent.environment.Environment;
import whorl.evidence.Id;

/**
 * The dependencies of heap snapshots.
 *
 * @param agent this JVM
 * @param recipient the recipient of the encryption; null for no encryption
 * @param connected true if the collector can be reached now
 * @param loadedClasses the number of loaded classes
 * @param java the program that runs a reader; {@code jar} is the agent's
 * @param threads creates daemon threads that no hook observes
 */
public record HeapPlace(
    AgentConfig.Heap config,
    AgentConfig.Collector collector,
    Id agent,
    @Nullable Recipient recipient,
    Environment environment,
    BooleanSupplier connected,
    IntSupplier loadedClasses,
    Path java,
    Path jar,
    PackageOpener opener,
    ThreadFactory threads) {

  /** The heap in use, including garbage, which is dumped too. */
  long heapUsedBytes() {
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
