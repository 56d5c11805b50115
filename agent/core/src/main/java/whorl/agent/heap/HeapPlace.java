package whorl.agent.heap;

import java.nio.file.Path;
import java.util.concurrent.ThreadFactory;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import whorl.agent.capture.PackageOpener;
import whorl.agent.config.AgentConfig;
import whorl.agent.encrypt.Recipient;
import whorl.agent.environment.Environment;
import whorl.evidence.Id;

/**
 * Where heap snapshots are taken, and what for.
 *
 * @param agent this JVM
 * @param recipient to whom they are encrypted; null for nobody
 * @param connected whether the collector can be reached now
 * @param loadedClasses how many there are
 * @param java the program that a reader is, {@code jar} the agent's
 * @param threads makes daemon threads that no hook observes
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

  /** What is in use, garbage included, which is dumped too. */
  long heapUsedBytes() {
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
