package whorl.agent.library;

import org.jspecify.annotations.Nullable;
import whorl.evidence.library.LibraryEntry;

/**
 * A library of this JVM.
 *
 * @param loader the kind of loader that has loaded a class of its jar: {@code boot}, {@code
 *     platform}, {@code app} or {@code other}; null if none has
 */
public record HeldLibrary(LibraryEntry library, @Nullable String loader) {}
