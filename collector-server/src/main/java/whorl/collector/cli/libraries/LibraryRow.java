package whorl.collector.cli.libraries;

import org.jspecify.annotations.Nullable;

/**
 * A library of a JVM.
 *
 * @param agent null in a list of one JVM, as the fields up to {@code connected}
 * @param loader the kind of loader that has loaded a class of it; null if none has
 */
public record LibraryRow(
    @Nullable String agent,
    @Nullable String service,
    @Nullable String namespace,
    @Nullable String pod,
    @Nullable String host,
    @Nullable Boolean connected,
    @Nullable String group,
    String name,
    @Nullable String version,
    String from,
    String kind,
    String path,
    @Nullable String sha256,
    boolean loaded,
    @Nullable String loader,
    @Nullable String problem) {
  /** Group and name as Maven writes them. */
  String coordinates() {
    return group == null ? name : group + ":" + name;
  }
}
