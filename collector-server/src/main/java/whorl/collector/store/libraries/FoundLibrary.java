package whorl.collector.store.libraries;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Id;
import whorl.evidence.library.LibraryEntry;

/**
 * A library of a JVM.
 *
 * @param position in the inventory
 * @param loader the kind of loader that has loaded a class of its jar; null if none has
 * @param reportedAt when the agent last said that it has it
 */
public record FoundLibrary(
    Id agent,
    String service,
    @Nullable String namespace,
    @Nullable String pod,
    @Nullable String host,
    int position,
    LibraryEntry library,
    @Nullable String loader,
    Instant reportedAt) {}
