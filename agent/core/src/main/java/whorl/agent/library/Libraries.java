package whorl.agent.library;

import java.lang.instrument.Instrumentation;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import whorl.agent.capture.ArtifactSource;
import whorl.agent.capture.jvm.JvmOptions;
import whorl.agent.capture.jvm.PackageOpener;
import whorl.agent.hook.weave.ThreadState;
import whorl.evidence.AgentIdentity;
import whorl.evidence.channel.AgentMessage;
import whorl.evidence.channel.CollectorMessage.LibrariesWanted;

/** The inventory of this JVM with what makes it, captures it, and answers the collector. */
public final class Libraries {
  /** Bytes that are read or decompressed a second: an ordinary server is done within a minute. */
  private static final long BYTES_PER_SECOND = 8L << 20;

  private final LibraryInventory inventory;
  private final LibraryReports reports;
  private final LibraryScans scans;
  private final ArtifactSource source;

  /** Waits for a moment at which the application does not need the processors. */
  @FunctionalInterface
  public interface Quiet {
    /** Returns after a bounded time at the latest. */
    void await() throws InterruptedException;
  }

  private Libraries(
      LibraryInventory inventory,
      LibraryReports reports,
      LibraryScans scans,
      ArtifactSource source) {
    this.inventory = inventory;
    this.reports = reports;
    this.scans = scans;
    this.source = source;
  }

  /**
   * Prepares the inventory; {@link #start} begins it.
   *
   * @param entriesMax the most libraries
   * @param mask masks secrets in texts
   * @param sender takes messages for the collector that belong together, at once
   */
  public static Libraries of(
      Instrumentation instrumentation,
      PackageOpener opener,
      UnaryOperator<String> mask,
      int entriesMax,
      AgentIdentity agent,
      Quiet quiet,
      Consumer<List<AgentMessage>> sender,
      InstantSource clock) {
    LibraryInventory inventory = new LibraryInventory(mask, entriesMax);
    LibraryReports reports = new LibraryReports(inventory, sender);
    LibraryScans scans =
        new LibraryScans(
            inventory,
            () -> atStart(opener),
            new LoadedPlaces(instrumentation::getAllLoadedClasses),
            quiet,
            new Pace(BYTES_PER_SECOND),
            reports::answer);
    reports.whenAsked(scans::wake);
    return new Libraries(inventory, reports, scans, new LibrariesSource(inventory, agent, clock));
  }

  private static Set<Path> atStart(PackageOpener opener) {
    Properties properties = System.getProperties();
    // A table of the application's own class is not read: that would run the application's code.
    boolean own = properties.getClass() != Properties.class;
    return FilePaths.atStart(
        own ? "" : value(properties, "java.class.path"),
        own ? "" : value(properties, "jdk.module.path"),
        JvmOptions.agentJars(opener));
  }

  /** The defaults of a table may still be of such a class, so meanwhile this thread is observed. */
  static String value(Properties properties, String name) {
    try {
      return ThreadState.observed(() -> properties.getProperty(name, ""));
    } catch (RuntimeException | Error ofTheApplication) {
      return "";
    }
  }

  /** Starts the thread that makes the inventory. */
  public void start(ThreadFactory threads) {
    threads.newThread(scans).start();
  }

  /** Says that there is no inventory in this JVM, and why. */
  public void omit(String reason) {
    inventory.finished(reason);
  }

  /** Finds libraries. */
  public LibraryInventory inventory() {
    return inventory;
  }

  /** Captures {@code libraries.cdx.json}. */
  public ArtifactSource source() {
    return source;
  }

  /** A question of the collector; returns at once. */
  public void wanted(LibrariesWanted question) {
    reports.wanted(question);
  }

  /** Returns approximate heap bytes, by kind. */
  public Map<String, Long> heldBytes() {
    return inventory.heldBytes();
  }
}
