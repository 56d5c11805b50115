package whorl.collector.libraries;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.libraries.FoundLibrary;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.library.LibraryEntry;

/**
 * A library as the API shows it; every field is always present.
 *
 * @param agent the fields up to {@code connected} are null in a list of one JVM
 * @param loader the kind of loader that has loaded a class of its jar; null if none has
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
record LibraryView(
    @Nullable Id agent,
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
    @Nullable Digest sha256,
    long size,
    boolean loaded,
    @Nullable String loader,
    boolean javaAgent,
    @Nullable String problem,
    @Nullable Instant reportedAt) {
  static LibraryView of(FoundLibrary found, boolean connected) {
    LibraryEntry entry = found.library();
    return new LibraryView(
        found.agent(),
        found.service(),
        found.namespace(),
        found.pod(),
        found.host(),
        connected,
        entry.group(),
        entry.name(),
        entry.version(),
        entry.from().word(),
        entry.kind().word(),
        entry.path(),
        entry.sha256(),
        entry.size(),
        found.loader() != null,
        found.loader(),
        entry.agent(),
        entry.problem(),
        found.reportedAt());
  }

  /** A library in a list of one JVM. */
  static LibraryView of(LibraryEntry entry, @Nullable String loader) {
    return new LibraryView(
        null,
        null,
        null,
        null,
        null,
        null,
        entry.group(),
        entry.name(),
        entry.version(),
        entry.from().word(),
        entry.kind().word(),
        entry.path(),
        entry.sha256(),
        entry.size(),
        loader != null,
        loader,
        entry.agent(),
        entry.problem(),
        null);
  }
}
